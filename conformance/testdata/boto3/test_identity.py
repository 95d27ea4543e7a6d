"""STS, Secrets Manager and Identity Center's portal: who a key is, and keys for roles."""
import json
import os
import tempfile
import time
import unittest
import unittest.mock
import urllib.request

import boto3
from botocore import UNSIGNED
from botocore.config import Config

from judge import ACCOUNT, Case, client, env

sts = client("sts")


def session(credentials):
    return boto3.client("sts", aws_access_key_id=credentials["AccessKeyId"],
                        aws_secret_access_key=credentials["SecretAccessKey"], aws_session_token=credentials["SessionToken"])


class Identity(Case):
    def test_caller(self):
        me = sts.get_caller_identity()
        self.assertEqual((me["Account"], me["Arn"]), (ACCOUNT, f"arn:aws:iam::{ACCOUNT}:user/operator"))

    def test_bad_keys(self):
        with self.refused("InvalidClientTokenId", 403):
            boto3.client("sts", aws_access_key_id="AKIAIOSFODNN7EXAMPLE", aws_secret_access_key="x").get_caller_identity()
        with self.refused("SignatureDoesNotMatch", 403):
            boto3.client("sts", aws_access_key_id=env("AWS_ACCESS_KEY_ID"), aws_secret_access_key="x").get_caller_identity()

    def test_assume_role(self):
        got = sts.assume_role(RoleArn=env("ROLE"), RoleSessionName="sitting", DurationSeconds=900, Tags=[{"Key": "team", "Value": "shop"}])
        me = session(got["Credentials"]).get_caller_identity()
        self.assertEqual(me["Arn"], f"arn:aws:sts::{ACCOUNT}:assumed-role/judge/sitting")
        self.assertEqual(got["AssumedRoleUser"]["Arn"], me["Arn"])
        self.assertEqual(me["UserId"].split(":")[1], "sitting")
        with self.refused("AccessDenied", 403):
            sts.assume_role(RoleArn=f"arn:aws:iam::{ACCOUNT}:role/nobody", RoleSessionName="sitting")
        with self.refused("ValidationError", 400):
            sts.assume_role(RoleArn=env("ROLE"), RoleSessionName="sitting", DurationSeconds=43200)

    def test_session_policy(self):
        narrow = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sts:GetAccessKeyInfo", "Resource": "*"}}
        got = sts.assume_role(RoleArn=env("ROLE"), RoleSessionName="narrow", Policy=json.dumps(narrow))["Credentials"]
        narrowed = boto3.client("s3", aws_access_key_id=got["AccessKeyId"], aws_secret_access_key=got["SecretAccessKey"],
                                aws_session_token=got["SessionToken"])
        with self.refused("AccessDenied", 403):
            narrowed.list_buckets()

    def test_web_identity(self):
        anonymous = boto3.client("sts", config=Config(signature_version=UNSIGNED))
        got = anonymous.assume_role_with_web_identity(RoleArn=env("ROLE"), RoleSessionName="web", WebIdentityToken=env("WEB_TOKEN"))
        self.assertEqual(got["SubjectFromWebIdentityToken"], "repo:judge")
        self.assertEqual(session(got["Credentials"]).get_caller_identity()["Arn"], f"arn:aws:sts::{ACCOUNT}:assumed-role/judge/web")
        with self.refused("InvalidIdentityToken", 400):
            anonymous.assume_role_with_web_identity(RoleArn=env("ROLE"), RoleSessionName="web", WebIdentityToken=env("WEB_TOKEN")[:-8] + "AAAAAAAA")

    def test_web_identity_of_an_issuer(self):
        host, subject = "token.actions.githubusercontent.com", "repo:acme/shop:ref:refs/heads/main"
        iam = client("iam")
        provider = iam.create_open_id_connect_provider(Url=f"https://{host}", ClientIDList=["sts.amazonaws.com"])["OpenIDConnectProviderArn"]
        trust = {"Version": "2012-10-17", "Statement": {
            "Effect": "Allow", "Principal": {"Federated": provider}, "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {"StringEquals": {f"{host}:sub": subject, f"{host}:aud": "sts.amazonaws.com"}}}}
        role = iam.create_role(RoleName="pipeline", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
        for alg in "RS256", "ES256":
            claims = json.dumps({"sub": subject, "aud": "sts.amazonaws.com"}).encode()
            with urllib.request.urlopen(f"{env('AWS_ENDPOINT_URL')}/_sim/oidc/{host}/token?alg={alg}", claims) as answer:
                token = answer.read().decode()
            with tempfile.NamedTemporaryFile("w") as file:
                file.write(token)
                file.flush()
                variables = {"AWS_ROLE_ARN": role, "AWS_WEB_IDENTITY_TOKEN_FILE": file.name, "AWS_ROLE_SESSION_NAME": alg}
                with unittest.mock.patch.dict(os.environ, variables):
                    del os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"]
                    me = boto3.session.Session().client("sts").get_caller_identity()
            self.assertEqual(me["Arn"], f"arn:aws:sts::{ACCOUNT}:assumed-role/pipeline/{alg}")

    def test_federation_token(self):
        allowed = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}}
        got = sts.get_federation_token(Name="bob", Policy=json.dumps(allowed), DurationSeconds=900)
        self.assertEqual(got["FederatedUser"]["FederatedUserId"], f"{ACCOUNT}:bob")
        federated = session(got["Credentials"])
        self.assertEqual(federated.get_caller_identity()["Arn"], f"arn:aws:sts::{ACCOUNT}:federated-user/bob")
        with self.refused("AccessDenied", 403):
            federated.get_session_token()

    def test_saml(self):
        iam = client("iam")
        provider = iam.create_saml_provider(Name="staff", SAMLMetadataDocument=env("SAML_METADATA"))["SAMLProviderArn"]
        trust = {"Version": "2012-10-17", "Statement": {
            "Effect": "Allow", "Action": "sts:AssumeRoleWithSAML", "Principal": {"Federated": provider},
            "Condition": {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}}}}
        role = iam.create_role(RoleName="staff", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
        anonymous = boto3.client("sts", config=Config(signature_version=UNSIGNED))
        got = anonymous.assume_role_with_saml(RoleArn=role, PrincipalArn=provider, SAMLAssertion=env("SAML_RESPONSE"))
        self.assertEqual((got["Subject"], got["SubjectType"]), ("ada", "persistent"))
        self.assertEqual(session(got["Credentials"]).get_caller_identity()["Arn"], f"arn:aws:sts::{ACCOUNT}:assumed-role/staff/ada")
        with self.refused("InvalidIdentityToken", 400):
            anonymous.assume_role_with_saml(RoleArn=role, PrincipalArn=provider, SAMLAssertion="bm90IHNpZ25lZA==")

    def test_assume_root(self):
        organizations = client("organizations")
        organizations.create_organization()
        organizations.enable_aws_service_access(ServicePrincipal="iam.amazonaws.com")
        made = organizations.create_account(Email="member@example.com", AccountName="member")["CreateAccountStatus"]
        for _ in range(100):
            made = organizations.describe_create_account_status(CreateAccountRequestId=made["Id"])["CreateAccountStatus"]
            if made["State"] == "SUCCEEDED":
                break
            time.sleep(0.1)
        task = {"arn": "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials"}
        got = sts.assume_root(TargetPrincipal=made["AccountId"], TaskPolicyArn=task)
        self.assertEqual(session(got["Credentials"]).get_caller_identity()["Arn"], f"arn:aws:iam::{made['AccountId']}:root")
        with self.refused("AccessDenied", 403):
            sts.assume_root(TargetPrincipal=ACCOUNT, TaskPolicyArn=task)

    def test_session_token_and_key_info(self):
        got = sts.get_session_token(DurationSeconds=900)["Credentials"]
        self.assertEqual(session(got).get_caller_identity()["Arn"], f"arn:aws:iam::{ACCOUNT}:user/operator")
        self.assertEqual(sts.get_access_key_info(AccessKeyId=env("AWS_ACCESS_KEY_ID"))["Account"], ACCOUNT)

    def test_decode(self):
        with self.refused("InvalidAuthorizationMessageException", 400):
            sts.decode_authorization_message(EncodedMessage="not encoded")

    def test_secret(self):
        secrets = client("secretsmanager")
        self.assertIn("database", [s["Name"] for s in secrets.list_secrets()["SecretList"]])
        got = secrets.get_secret_value(SecretId="database")
        self.assertEqual((got["ARN"], json.loads(got["SecretString"])["username"]), (env("SECRET"), "judge"))
        self.assertEqual(secrets.get_secret_value(SecretId=env("SECRET"), VersionStage="AWSCURRENT")["VersionId"], got["VersionId"])
        secrets.tag_resource(SecretId="database", Tags=[{"Key": "team", "Value": "red"}, {"Key": "cost", "Value": "1"}])
        secrets.untag_resource(SecretId=env("SECRET"), TagKeys=["cost"])
        self.assertEqual(secrets.describe_secret(SecretId="database")["Tags"], [{"Key": "team", "Value": "red"}])
        with self.refused("ResourceNotFoundException", 400):
            secrets.get_secret_value(SecretId="none")

    def test_portal(self):
        portal = client("sso")
        self.assertEqual([a["accountId"] for a in portal.list_accounts(accessToken=env("SSO_TOKEN"))["accountList"]], [ACCOUNT])
        roles = portal.list_account_roles(accessToken=env("SSO_TOKEN"), accountId=ACCOUNT)["roleList"]
        self.assertEqual([r["roleName"] for r in roles], ["Judge"])
        got = portal.get_role_credentials(accessToken=env("SSO_TOKEN"), accountId=ACCOUNT, roleName="Judge")["roleCredentials"]
        self.assertGreater(got["expiration"] / 1000, time.time())
        me = boto3.client("sts", aws_access_key_id=got["accessKeyId"], aws_secret_access_key=got["secretAccessKey"],
                          aws_session_token=got["sessionToken"]).get_caller_identity()
        self.assertIn(":assumed-role/judge/", me["Arn"])
        with self.refused("ForbiddenException", 403):
            portal.get_role_credentials(accessToken=env("SSO_TOKEN"), accountId=ACCOUNT, roleName="Other")
        with self.refused("UnauthorizedException", 401):
            portal.list_accounts(accessToken="x")

    def test_z_token_renewed(self):
        """Last, as the earlier access token ends with it."""
        got = client("sso-oidc").create_token(clientId="c", clientSecret="s", grantType="refresh_token", refreshToken=env("SSO_REFRESH"))
        self.assertEqual([a["accountId"] for a in client("sso").list_accounts(accessToken=got["accessToken"])["accountList"]], [ACCOUNT])


if __name__ == "__main__":
    unittest.main()
