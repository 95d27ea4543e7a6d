data "aws_ami" "linux" {
  owners      = ["amazon"]
  most_recent = true
}

resource "aws_instance" "web" {
  ami                  = data.aws_ami.linux.id
  instance_type        = var.step == 1 ? "t3.micro" : "t3.small"
  monitoring           = var.step == 2
  iam_instance_profile = aws_iam_instance_profile.node.name
  tags                 = { Name = "web", step = tostring(var.step) }
  metadata_options {
    http_tokens = "required"
  }
}

resource "aws_s3_bucket" "code" {
  bucket = "terraform-code"
}

# A zip with index.py in it.
resource "aws_s3_object" "code" {
  bucket         = aws_s3_bucket.code.id
  key            = "code.zip"
  content_base64 = "UEsDBBQAAAAAAAAAIVygTp01KQAAACkAAAAIAAAAaW5kZXgucHlkZWYgaGFuZGxlcihldmVudCwgY29udGV4dCk6IHJldHVybiBldmVudFBLAQIUAxQAAAAAAAAAIVygTp01KQAAACkAAAAIAAAAAAAAAAAAAACAAQAAAABpbmRleC5weVBLBQYAAAAAAQABADYAAABPAAAAAAA="
}

resource "aws_lambda_function" "echo" {
  function_name = "echo"
  role          = var.role
  runtime       = "python3.13"
  handler       = "index.handler"
  s3_bucket     = aws_s3_bucket.code.id
  s3_key        = aws_s3_object.code.key
  timeout       = 3 * var.step
  publish       = true
  tags          = { step = tostring(var.step) }
  environment {
    variables = { STEP = tostring(var.step) }
  }
}

resource "aws_lambda_alias" "live" {
  name             = "live"
  function_name    = aws_lambda_function.echo.function_name
  function_version = aws_lambda_function.echo.version
  description      = "step ${var.step}"
}

resource "aws_lambda_permission" "s3" {
  statement_id  = "s3"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.echo.function_name
  principal     = "s3.amazonaws.com"
}

data "aws_lambda_invocation" "echo" {
  function_name = aws_lambda_function.echo.function_name
  input         = jsonencode({ step = var.step })
}

output "echoed" {
  value = jsondecode(data.aws_lambda_invocation.echo.result).step
}
