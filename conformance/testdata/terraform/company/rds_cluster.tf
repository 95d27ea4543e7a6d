resource "aws_rds_cluster" "shop" {
  cluster_identifier      = "terraform-shop"
  engine                  = "aurora-postgresql"
  database_name           = "shop"
  master_username         = "judge"
  master_password         = "not-a-real-password"
  enable_http_endpoint    = var.step == 1
  backup_retention_period = var.step
  apply_immediately       = true
  skip_final_snapshot     = true
  tags                    = { step = tostring(var.step) }
}

resource "aws_rds_cluster_instance" "shop" {
  identifier         = "terraform-shop-1"
  cluster_identifier = aws_rds_cluster.shop.id
  engine             = aws_rds_cluster.shop.engine
  instance_class     = "db.r6g.large"
  apply_immediately  = true
  tags               = { step = tostring(var.step) }
}
