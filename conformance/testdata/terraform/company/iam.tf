locals {
  read = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["s3:Get*", "s3:List*"], Resource = var.step == 1 ? "*" : "arn:aws:s3:::own/*" }]
  })
  trust = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "ec2.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
  metadata = join("", [
    "<EntityDescriptor xmlns=\"urn:oasis:names:tc:SAML:2.0:metadata\" entityID=\"https://idp.example.com/${var.step}\">",
    "<!-- ${join("", [for n in range(200) : "filler "])} --></EntityDescriptor>",
  ])
}

resource "aws_iam_policy" "read" {
  name        = "looking"
  path        = "/own/"
  description = "reads"
  policy      = local.read
  tags        = { step = var.step }
}

resource "aws_iam_policy" "bound" {
  name   = "bound"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }] })
}

resource "aws_iam_user" "eve" {
  name                 = "eve-${var.step}"
  path                 = "/people/"
  permissions_boundary = var.step == 1 ? aws_iam_policy.bound.arn : null
}

resource "aws_iam_user" "mallory" {
  name          = "mallory"
  force_destroy = true
  tags          = { step = var.step }
}

resource "aws_iam_access_key" "mallory" {
  user   = aws_iam_user.mallory.name
  status = var.step == 1 ? "Active" : "Inactive"
}

resource "aws_iam_user_login_profile" "mallory" {
  user                    = aws_iam_user.mallory.name
  password_reset_required = true
}

resource "aws_iam_user_policy" "mallory" {
  name   = "inline"
  user   = aws_iam_user.mallory.name
  policy = local.read
}

resource "aws_iam_user_policy_attachment" "mallory" {
  user       = aws_iam_user.mallory.name
  policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
}

resource "aws_iam_group" "makers" {
  name = "makers-${var.step}"
  path = "/teams/"
}

resource "aws_iam_group" "readers" {
  name = "readers"
}

resource "aws_iam_group_membership" "readers" {
  name  = "readers"
  group = aws_iam_group.readers.name
  users = var.step == 1 ? [aws_iam_user.mallory.name] : []
}

resource "aws_iam_group_policy" "readers" {
  name   = "inline"
  group  = aws_iam_group.readers.name
  policy = local.read
}

resource "aws_iam_group_policy_attachment" "readers" {
  group      = aws_iam_group.readers.name
  policy_arn = aws_iam_policy.read.arn
}

resource "aws_iam_role" "node" {
  name                 = "node"
  description          = "step ${var.step}"
  assume_role_policy   = local.trust
  max_session_duration = 3600 * var.step
  permissions_boundary = aws_iam_policy.bound.arn
  tags                 = { step = var.step }
}

resource "aws_iam_role_policy" "node" {
  name   = "inline"
  role   = aws_iam_role.node.id
  policy = local.read
}

resource "aws_iam_role_policy_attachment" "node" {
  role       = aws_iam_role.node.name
  policy_arn = aws_iam_policy.read.arn
}

resource "aws_iam_instance_profile" "node" {
  name = "node"
  role = aws_iam_role.node.name
  tags = { step = var.step }
}

resource "aws_iam_service_linked_role" "scaling" {
  aws_service_name = "autoscaling.amazonaws.com"
  description      = "step ${var.step}"
}

resource "aws_iam_openid_connect_provider" "ci" {
  url             = "https://ci.example.com"
  client_id_list  = var.step == 1 ? ["sts.amazonaws.com"] : ["sts.amazonaws.com", "other"]
  thumbprint_list = ["cf23df2207d99a74fbe169e3eba035e633b65d94"]
  tags            = { step = var.step }
}

resource "aws_iam_saml_provider" "idp" {
  name                   = "idp"
  saml_metadata_document = local.metadata
}

resource "aws_iam_virtual_mfa_device" "phone" {
  virtual_mfa_device_name = "phone"
  tags                    = { step = var.step }
}

resource "aws_iam_account_password_policy" "strict" {
  minimum_password_length        = 12 + var.step
  require_symbols                = true
  allow_users_to_change_password = true
}

resource "aws_iam_account_alias" "own" {
  account_alias = "own-alias"
}
