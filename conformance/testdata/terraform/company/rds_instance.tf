resource "aws_db_instance" "small" {
  identifier              = "terraform-small"
  engine                  = "postgres"
  instance_class          = "db.t4g.micro"
  allocated_storage       = 20
  username                = "judge"
  password                = "not-a-real-password"
  backup_retention_period = var.step
  apply_immediately       = true
  skip_final_snapshot     = true
  tags                    = { step = tostring(var.step) }
}
