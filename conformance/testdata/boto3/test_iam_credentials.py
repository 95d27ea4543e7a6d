"""IAM: keys, passwords and second factors of users, identity providers, and what is the account's."""
import json

from judge import ACCOUNT, Case, client

iam = client("iam")
ARN = f"arn:aws:iam::{ACCOUNT}:"
METADATA = ('<?xml version="1.0"?><EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://idp.example.com">'
            '<IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"/><!-- %s --></EntityDescriptor>' % ("x" * 1000))
CERTIFICATE = """-----BEGIN CERTIFICATE-----
MIIBdzCCAR2gAwIBAgIUHeZkINgOV3naqoI54tnC3VtUNCswCgYIKoZIzj0EAwIw
EDEOMAwGA1UEAwwFanVkZ2UwIBcNMjYxMTIzMTEyOTAxWhgPMjEyNjEwMzAxMTI5
MDFaMBAxDjAMBgNVBAMMBWp1ZGdlMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE
7poqLV6hj5wxskmmWFdfJXps7b9ihPNhwG6pTgQ0lJ330y+RmBEaVjRQJiOScKIX
z331dc8WFX6PCCVUf8m8vqNTMFEwHQYDVR0OBBYEFA5c04QZWlRMi6TdYhPb6T99
uhcgMB8GA1UdIwQYMBaAFA5c04QZWlRMi6TdYhPb6T99uhcgMA8GA1UdEwEB/wQF
MAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIgUTjQIDfOFkA71K+9xJfHrTobrvyrXno7
BHqqdFy1IDYCIQCqtTeH8o5JavJ6OwW5nNsgDrOpppyZrAeyf2zrH2d2Pg==
-----END CERTIFICATE-----
"""
A, B = [{"Key": "a", "Value": "1"}], [{"Key": "b", "Value": "2"}]


class Credentials(Case):
    def user(self, name):
        iam.create_user(UserName=name)
        self.addCleanup(iam.delete_user, UserName=name)
        return name

    def test_keys(self):
        name = self.user("keys")
        made = iam.create_access_key(UserName=name)["AccessKey"]
        self.assertEqual((made["Status"], len(made["SecretAccessKey"])), ("Active", 40))
        mine = client("iam", aws_access_key_id=made["AccessKeyId"], aws_secret_access_key=made["SecretAccessKey"])
        with self.refused("AccessDenied", 403):  # only policies allow
            mine.get_user()
        allow = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iam:*", "Resource": "*"}]}
        iam.put_user_policy(UserName=name, PolicyName="all", PolicyDocument=json.dumps(allow))
        self.addCleanup(iam.delete_user_policy, UserName=name, PolicyName="all")
        self.assertEqual(mine.get_user()["User"]["UserName"], name)
        second = mine.create_access_key()["AccessKey"]["AccessKeyId"]
        self.assertEqual([k["AccessKeyId"] for k in mine.list_access_keys()["AccessKeyMetadata"]], [made["AccessKeyId"], second])
        with self.refused("LimitExceeded", 409):
            iam.create_access_key(UserName=name)
        with self.refused("DeleteConflict", 409):
            iam.delete_user(UserName=name)
        iam.update_access_key(UserName=name, AccessKeyId=made["AccessKeyId"], Status="Inactive")
        self.assertEqual([k["Status"] for k in iam.list_access_keys(UserName=name)["AccessKeyMetadata"]], ["Inactive", "Active"])
        with self.refused("InvalidClientTokenId", 403):
            mine.get_user()
        for key in made["AccessKeyId"], second:
            iam.delete_access_key(UserName=name, AccessKeyId=key)
        with self.refused("NoSuchEntity", 404):
            iam.delete_access_key(UserName=name, AccessKeyId=second)

    def test_login(self):
        name = self.user("login")
        with self.refused("PasswordPolicyViolation", 400):
            iam.create_login_profile(UserName=name, Password="short")
        made = iam.create_login_profile(UserName=name, Password="correct-Horse-7", PasswordResetRequired=True)["LoginProfile"]
        self.assertEqual((made["UserName"], made["PasswordResetRequired"]), (name, True))
        with self.refused("EntityAlreadyExists", 409):
            iam.create_login_profile(UserName=name, Password="correct-Horse-7")
        iam.update_login_profile(UserName=name, PasswordResetRequired=False)
        self.assertFalse(iam.get_login_profile(UserName=name)["LoginProfile"]["PasswordResetRequired"])
        with self.refused("DeleteConflict", 409):
            iam.delete_user(UserName=name)
        iam.delete_login_profile(UserName=name)
        with self.refused("NoSuchEntity", 404):
            iam.get_login_profile(UserName=name)

    def test_mfa(self):
        name = self.user("mfa")
        serial = iam.create_virtual_mfa_device(VirtualMFADeviceName="phone", Tags=A)["VirtualMFADevice"]["SerialNumber"]
        self.assertEqual(serial, ARN + "mfa/phone")
        with self.refused("EntityAlreadyExists", 409):
            iam.create_virtual_mfa_device(VirtualMFADeviceName="phone")
        self.assertIn(serial, [d["SerialNumber"] for d in iam.list_virtual_mfa_devices(AssignmentStatus="Unassigned")["VirtualMFADevices"]])
        with self.refused("InvalidAuthenticationCode", 403):
            iam.enable_mfa_device(UserName=name, SerialNumber=serial, AuthenticationCode1="123456", AuthenticationCode2="123456")
        iam.enable_mfa_device(UserName=name, SerialNumber=serial, AuthenticationCode1="123456", AuthenticationCode2="654321")
        self.assertEqual(iam.get_mfa_device(SerialNumber=serial)["UserName"], name)
        self.assertEqual([d["SerialNumber"] for d in iam.list_mfa_devices(UserName=name)["MFADevices"]], [serial])
        for conflict in lambda: iam.delete_user(UserName=name), lambda: iam.delete_virtual_mfa_device(SerialNumber=serial):
            with self.refused("DeleteConflict", 409):
                conflict()
        iam.tag_mfa_device(SerialNumber=serial, Tags=B)
        iam.untag_mfa_device(SerialNumber=serial, TagKeys=["a"])
        self.assertEqual(iam.list_mfa_device_tags(SerialNumber=serial)["Tags"], B)
        iam.deactivate_mfa_device(UserName=name, SerialNumber=serial)
        iam.delete_virtual_mfa_device(SerialNumber=serial)
        with self.refused("NoSuchEntity", 404):
            iam.delete_virtual_mfa_device(SerialNumber=serial)


    def test_certificates(self):
        name = self.user("signer")
        made = iam.upload_signing_certificate(UserName=name, CertificateBody=CERTIFICATE)["Certificate"]
        self.assertEqual((made["Status"], made["CertificateBody"]), ("Active", CERTIFICATE))
        with self.refused("DuplicateCertificate", 409):
            iam.upload_signing_certificate(UserName=name, CertificateBody=CERTIFICATE)
        with self.refused("MalformedCertificate", 400):
            iam.upload_signing_certificate(UserName=name, CertificateBody="nonsense")
        with self.refused("DeleteConflict", 409):
            iam.delete_user(UserName=name)
        iam.update_signing_certificate(UserName=name, CertificateId=made["CertificateId"], Status="Inactive")
        self.assertEqual([c["Status"] for c in iam.list_signing_certificates(UserName=name)["Certificates"]], ["Inactive"])
        iam.delete_signing_certificate(UserName=name, CertificateId=made["CertificateId"])
        with self.refused("NoSuchEntity", 404):
            iam.delete_signing_certificate(UserName=name, CertificateId=made["CertificateId"])


class Providers(Case):
    def test_saml(self):
        arn = iam.create_saml_provider(Name="company", SAMLMetadataDocument=METADATA, Tags=A)["SAMLProviderArn"]
        self.assertEqual(arn, ARN + "saml-provider/company")
        with self.refused("EntityAlreadyExists", 409):
            iam.create_saml_provider(Name="company", SAMLMetadataDocument=METADATA)
        with self.refused("InvalidInput", 400):
            iam.create_saml_provider(Name="bad", SAMLMetadataDocument="x" * 1000)
        iam.update_saml_provider(SAMLProviderArn=arn, SAMLMetadataDocument=METADATA.replace("idp.", "sso."))
        self.assertIn("https://sso.example.com", iam.get_saml_provider(SAMLProviderArn=arn)["SAMLMetadataDocument"])
        iam.tag_saml_provider(SAMLProviderArn=arn, Tags=B)
        iam.untag_saml_provider(SAMLProviderArn=arn, TagKeys=["a"])
        self.assertEqual(iam.list_saml_provider_tags(SAMLProviderArn=arn)["Tags"], B)
        iam.delete_saml_provider(SAMLProviderArn=arn)
        with self.refused("NoSuchEntity", 404):
            iam.get_saml_provider(SAMLProviderArn=arn)

    def test_oidc(self):
        print40, other = "a" * 40, "b" * 40
        arn = iam.create_open_id_connect_provider(Url="https://oidc.example.org/id/1", ClientIDList=["one"], ThumbprintList=[print40], Tags=A)["OpenIDConnectProviderArn"]
        self.assertEqual(arn, ARN + "oidc-provider/oidc.example.org/id/1")
        with self.refused("EntityAlreadyExists", 409):
            iam.create_open_id_connect_provider(Url="https://oidc.example.org/id/1", ThumbprintList=[print40])
        with self.refused("ValidationError", 400):
            iam.create_open_id_connect_provider(Url="oidc.example.org", ThumbprintList=[print40])
        iam.add_client_id_to_open_id_connect_provider(OpenIDConnectProviderArn=arn, ClientID="two")
        iam.remove_client_id_from_open_id_connect_provider(OpenIDConnectProviderArn=arn, ClientID="one")
        iam.update_open_id_connect_provider_thumbprint(OpenIDConnectProviderArn=arn, ThumbprintList=[other])
        got = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)
        self.assertEqual((got["Url"], got["ClientIDList"], got["ThumbprintList"]), ("oidc.example.org/id/1", ["two"], [other]))
        iam.tag_open_id_connect_provider(OpenIDConnectProviderArn=arn, Tags=B)
        iam.untag_open_id_connect_provider(OpenIDConnectProviderArn=arn, TagKeys=["a"])
        self.assertEqual(iam.list_open_id_connect_provider_tags(OpenIDConnectProviderArn=arn)["Tags"], B)
        iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=arn)
        iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=arn)


class Account(Case):
    def test_alias(self):
        iam.create_account_alias(AccountAlias="renamed")
        self.assertEqual(iam.list_account_aliases()["AccountAliases"], ["renamed"])
        with self.refused("EntityAlreadyExists", 409):
            iam.create_account_alias(AccountAlias="renamed")
        with self.refused("ValidationError", 400):
            iam.create_account_alias(AccountAlias="Two--Dashes")
        iam.delete_account_alias(AccountAlias="renamed")
        with self.refused("NoSuchEntity", 404):
            iam.delete_account_alias(AccountAlias="renamed")

    def test_password_policy(self):
        iam.update_account_password_policy(MinimumPasswordLength=14, RequireSymbols=True, MaxPasswordAge=90)
        got = iam.get_account_password_policy()["PasswordPolicy"]
        self.assertEqual((got["MinimumPasswordLength"], got["RequireSymbols"], got["RequireNumbers"], got["ExpirePasswords"], got["MaxPasswordAge"]),
                         (14, True, False, True, 90))
        iam.delete_account_password_policy()
        with self.refused("NoSuchEntity", 404):
            iam.delete_account_password_policy()
