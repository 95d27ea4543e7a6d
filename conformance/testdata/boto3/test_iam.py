"""IAM: what is read of users, groups, roles, policies and credentials that are there already."""
import csv
import io

from judge import ACCOUNT, Case, client

iam = client("iam")
ARN = f"arn:aws:iam::{ACCOUNT}:"


class Reading(Case):
    def names(self, operation, key, name, **arguments):
        return [item[name] for page in iam.get_paginator(operation).paginate(**arguments) for item in page[key]]

    def test_users(self):
        self.assertEqual(self.names("list_users", "Users", "UserName", PathPrefix="/people/"), ["ada", "bob"])
        self.assertEqual(self.names("list_users", "Users", "UserName", PathPrefix="/people/", PaginationConfig={"PageSize": 1}), ["ada", "bob"])
        first = iam.list_users(MaxItems=1)
        self.assertTrue(first["IsTruncated"])
        with self.refused("ValidationError", 400):
            iam.list_users(MaxItems=1001)

    def test_groups(self):
        self.assertIn("ops", self.names("list_groups", "Groups", "GroupName"))
        self.assertEqual(self.names("get_group", "Users", "UserName", GroupName="ops", PaginationConfig={"PageSize": 1}), ["ada", "bob"])
        with self.refused("NoSuchEntity", 404):
            iam.get_group(GroupName="none")

    def test_roles(self):
        role = {r["RoleName"]: r for page in iam.get_paginator("list_roles").paginate() for r in page["Roles"]}["Function"]
        self.assertEqual(role["Arn"], ARN + "role/service-role/Function")
        self.assertEqual(role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"], {"Service": "lambda.amazonaws.com"})
        profile = iam.list_instance_profiles()["InstanceProfiles"][0]
        self.assertEqual((profile["InstanceProfileName"], profile["Roles"][0]["RoleName"]), ("web", "Function"))

    def test_policies(self):
        self.assertEqual(self.names("list_policies", "Policies", "PolicyName", Scope="Local"), ["Read"])
        arn = ARN + "policy/Read"
        version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
        document = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
        self.assertEqual(document["Statement"][0]["Action"], "s3:Get*")
        with self.refused("NoSuchEntity", 404):
            iam.get_policy_version(PolicyArn=arn, VersionId="v9")

    def test_authorization_details(self):
        found = {"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [], "Policies": []}
        for page in iam.get_paginator("get_account_authorization_details").paginate(PaginationConfig={"PageSize": 2}):
            for key, items in found.items():
                items.extend(page[key])
        users = {u["UserName"]: u for u in found["UserDetailList"]}
        self.assertEqual((users["ada"]["GroupList"], users["ada"]["Tags"]), (["ops"], [{"Key": "team", "Value": "x"}]))
        self.assertEqual(users["bob"]["UserPolicyList"][0]["PolicyDocument"]["Statement"][0]["Effect"], "Allow")
        self.assertEqual(found["GroupDetailList"][0]["AttachedManagedPolicies"][0]["PolicyArn"], ARN + "policy/Read")
        self.assertEqual(sorted(p["PolicyName"] for p in found["Policies"]), ["AdministratorAccess", "Read"])
        only = iam.get_account_authorization_details(Filter=["Group"])
        self.assertEqual((only["UserDetailList"], len(only["GroupDetailList"])), ([], 1))

    def test_credential_report(self):
        while iam.generate_credential_report()["State"] != "COMPLETE":
            pass
        report = iam.get_credential_report()
        rows = {r["user"]: r for r in csv.DictReader(io.StringIO(report["Content"].decode()))}
        self.assertEqual(rows["<root_account>"]["arn"], ARN + "root")
        self.assertEqual((rows["ada"]["password_enabled"], rows["ada"]["mfa_active"], rows["bob"]["access_key_1_active"]), ("true", "true", "true"))
        self.assertEqual(rows["bob"]["access_key_1_last_used_service"], "N/A")

    def test_keys(self):
        key = iam.list_access_keys(UserName="bob")["AccessKeyMetadata"][0]
        self.assertEqual(key["Status"], "Active")
        used = iam.get_access_key_last_used(AccessKeyId=key["AccessKeyId"])
        self.assertEqual((used["UserName"], used["AccessKeyLastUsed"]["ServiceName"]), ("bob", "N/A"))
        with self.refused("NoSuchEntity", 404):
            iam.list_access_keys(UserName="none")

    def test_account(self):
        self.assertEqual(iam.list_account_aliases()["AccountAliases"], ["judged"])
        self.assertEqual(iam.get_account_summary()["SummaryMap"]["MFADevices"], 1)
        with self.refused("NoSuchEntity", 404):
            iam.get_account_password_policy()
        self.assertEqual(iam.list_virtual_mfa_devices()["VirtualMFADevices"][0]["User"]["UserName"], "ada")

    def test_devices(self):
        self.assertEqual([d["SerialNumber"] for d in iam.list_mfa_devices(UserName="ada")["MFADevices"]], [ARN + "mfa/ada"])
        self.assertEqual(iam.list_ssh_public_keys(UserName="ada")["SSHPublicKeys"], [])
        self.assertEqual(iam.list_service_specific_credentials(UserName="ada")["ServiceSpecificCredentials"], [])
        with self.refused("NoSuchEntity", 404):
            iam.list_ssh_public_keys(UserName="none")

    def test_providers(self):
        self.assertIn(ARN + "saml-provider/corp", [p["Arn"] for p in iam.list_saml_providers()["SAMLProviderList"]])
        arn = iam.list_open_id_connect_providers()["OpenIDConnectProviderList"][0]["Arn"]
        self.assertEqual(iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)["Url"], "tokens.example.com")
        with self.refused("NoSuchEntity", 404):
            iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn + "x")
