data "aws_ssoadmin_instances" "here" {}

locals {
  instance = data.aws_ssoadmin_instances.here.arns[0]
  store    = data.aws_ssoadmin_instances.here.identity_store_ids[0]
}

resource "aws_identitystore_user" "ada" {
  identity_store_id = local.store
  user_name         = "ada"
  display_name      = "Ada Lovelace"
  title             = "step ${var.step}"
  name {
    given_name  = "Ada"
    family_name = "Lovelace"
  }
  emails {
    value   = "ada@example.com"
    primary = true
  }
  addresses {
    country = "GB"
  }
}

resource "aws_identitystore_group" "engineers" {
  identity_store_id = local.store
  display_name      = "engineers"
  description       = "step ${var.step}"
}

resource "aws_identitystore_group_membership" "ada" {
  identity_store_id = local.store
  group_id          = aws_identitystore_group.engineers.group_id
  member_id         = aws_identitystore_user.ada.user_id
}

resource "aws_ssoadmin_permission_set" "reader" {
  instance_arn     = local.instance
  name             = "Reader"
  description      = "step ${var.step}"
  session_duration = "PT${var.step}H"
  tags             = { step = tostring(var.step) }
}

resource "aws_ssoadmin_managed_policy_attachment" "reader" {
  instance_arn       = local.instance
  managed_policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
  permission_set_arn = aws_ssoadmin_permission_set.reader.arn
}

resource "aws_ssoadmin_permission_set_inline_policy" "reader" {
  instance_arn       = local.instance
  permission_set_arn = aws_ssoadmin_permission_set.reader.arn
  inline_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "s3:Get*", Resource = "*" }]
  })
}

resource "aws_ssoadmin_permissions_boundary_attachment" "reader" {
  instance_arn       = local.instance
  permission_set_arn = aws_ssoadmin_permission_set.reader.arn
  permissions_boundary {
    managed_policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
  }
}

resource "aws_ssoadmin_account_assignment" "engineers" {
  instance_arn       = local.instance
  permission_set_arn = aws_ssoadmin_permission_set.reader.arn
  principal_id       = aws_identitystore_group.engineers.group_id
  principal_type     = "GROUP"
  target_id          = data.aws_caller_identity.me.account_id
  target_type        = "AWS_ACCOUNT"
}

resource "aws_ssoadmin_application" "app" {
  name                     = "app"
  instance_arn             = local.instance
  application_provider_arn = "arn:aws:sso::aws:applicationProvider/custom"
  description              = "step ${var.step}"
}

resource "aws_ssoadmin_application_assignment" "app" {
  application_arn = aws_ssoadmin_application.app.application_arn
  principal_id    = aws_identitystore_user.ada.user_id
  principal_type  = "USER"
}

resource "aws_ssoadmin_trusted_token_issuer" "tokens" {
  name                      = "tokens-${var.step}"
  instance_arn              = local.instance
  trusted_token_issuer_type = "OIDC_JWT"
  trusted_token_issuer_configuration {
    oidc_jwt_configuration {
      claim_attribute_path          = "email"
      identity_store_attribute_path = "emails.value"
      issuer_url                    = "https://tokens.example.com"
      jwks_retrieval_option         = "OPEN_ID_DISCOVERY"
    }
  }
}
