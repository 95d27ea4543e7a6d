"""Organizations: an organization from its making to its end."""
import json
import time
import unittest

from judge import ACCOUNT, Case, client

org = client("organizations")
SCP, RCP = "SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"
DENY = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:DeleteBucket", "Resource": "*"}]})


class Organizations(Case):
    @classmethod
    def setUpClass(cls):
        cls.org = org.create_organization(FeatureSet="ALL")["Organization"]
        cls.root = org.list_roots()["Roots"][0]["Id"]
        org.enable_policy_type(RootId=cls.root, PolicyType=SCP)
        cls.unit = cls.make_unit("workloads", cls.root)
        cls.member = cls.make_account("first")

    @classmethod
    def tearDownClass(cls):
        """Everything goes again, and the organization last."""
        for a in org.list_accounts()["Accounts"]:
            if a["Id"] != ACCOUNT:
                org.remove_account_from_organization(AccountId=a["Id"])
        org.delete_organizational_unit(OrganizationalUnitId=cls.unit)
        org.delete_organization()

    @staticmethod
    def make_unit(name, parent, **more):
        return org.create_organizational_unit(ParentId=parent, Name=name, **more)["OrganizationalUnit"]["Id"]

    @staticmethod
    def make_account(name):
        asked = org.create_account(AccountName=name, Email=name + "@example.com", Tags=[{"Key": "team", "Value": name}])["CreateAccountStatus"]
        assert asked["State"] == "IN_PROGRESS", asked
        for _ in range(100):
            status = org.describe_create_account_status(CreateAccountRequestId=asked["Id"])["CreateAccountStatus"]
            if status["State"] != "IN_PROGRESS":
                return status["AccountId"]
            time.sleep(0.1)

    def test_organization(self):
        got = org.describe_organization()["Organization"]
        self.assertRegex(got["Id"], r"^o-[a-z0-9]{10,32}$")
        self.assertEqual(got["MasterAccountId"], ACCOUNT)
        self.assertEqual(got["MasterAccountArn"], f"arn:aws:organizations::{ACCOUNT}:account/{got['Id']}/{ACCOUNT}")
        with self.refused("AlreadyInOrganizationException", 400):
            org.create_organization()
        with self.refused("MasterCannotLeaveOrganizationException", 400):
            org.leave_organization()

    def test_accounts(self):
        got = org.describe_account(AccountId=self.member)["Account"]
        self.assertEqual((got["Name"], got["Email"], got["Status"], got["State"], got["JoinedMethod"]), ("first", "first@example.com", "ACTIVE", "ACTIVE", "CREATED"))
        self.assertIn(self.member, [a["Id"] for page in org.get_paginator("list_accounts").paginate(PaginationConfig={"PageSize": 1}) for a in page["Accounts"]])
        done = org.list_create_account_status(States=["SUCCEEDED"])["CreateAccountStatuses"]
        self.assertIn(self.member, [s["AccountId"] for s in done])
        self.assertEqual(org.list_tags_for_resource(ResourceId=self.member)["Tags"], [{"Key": "team", "Value": "first"}])
        with self.refused("AccountNotFoundException", 400):
            org.describe_account(AccountId="000000000000")

    def test_access_report(self):
        path = f'{org.describe_organization()["Organization"]["Id"]}/{self.root}'
        iam = client("iam")
        job = iam.generate_organizations_access_report(EntityPath=path)["JobId"]
        self.assertEqual(iam.get_organizations_access_report(JobId=job)["JobStatus"], "IN_PROGRESS")
        got = iam.get_organizations_access_report(JobId=job, SortKey="SERVICE_NAMESPACE_DESCENDING", MaxItems=5)
        names = [d["ServiceNamespace"] for d in got["AccessDetails"]]
        self.assertEqual((got["JobStatus"], got["IsTruncated"], names), ("COMPLETED", True, sorted(names, reverse=True)))

    def test_close(self):
        closed = self.make_account("closed")
        org.close_account(AccountId=closed)
        self.assertEqual(org.describe_account(AccountId=closed)["Account"]["Status"], "PENDING_CLOSURE")
        with self.refused("AccountAlreadyClosedException", 400):
            org.close_account(AccountId=closed)

    def test_units(self):
        inner = self.make_unit("inner", self.unit)
        org.update_organizational_unit(OrganizationalUnitId=inner, Name="renamed")
        self.assertEqual(org.describe_organizational_unit(OrganizationalUnitId=inner)["OrganizationalUnit"]["Name"], "renamed")
        self.assertEqual([u["Id"] for u in org.list_organizational_units_for_parent(ParentId=self.unit)["OrganizationalUnits"]], [inner])
        org.move_account(AccountId=self.member, SourceParentId=self.root, DestinationParentId=inner)
        self.assertEqual([a["Id"] for a in org.list_accounts_for_parent(ParentId=inner)["Accounts"]], [self.member])
        self.assertEqual(org.list_children(ParentId=inner, ChildType="ACCOUNT")["Children"], [{"Id": self.member, "Type": "ACCOUNT"}])
        self.assertEqual(org.list_parents(ChildId=self.member)["Parents"], [{"Id": inner, "Type": "ORGANIZATIONAL_UNIT"}])
        with self.refused("OrganizationalUnitNotEmptyException", 400):
            org.delete_organizational_unit(OrganizationalUnitId=inner)
        org.move_account(AccountId=self.member, SourceParentId=inner, DestinationParentId=self.root)
        org.delete_organizational_unit(OrganizationalUnitId=inner)

    def test_policies(self):
        made = org.create_policy(Type=SCP, Name="keep", Description="d", Content=DENY)["Policy"]["PolicySummary"]
        self.assertEqual(made["Arn"], f"arn:aws:organizations::{ACCOUNT}:policy/{self.org['Id']}/service_control_policy/{made['Id']}")
        org.attach_policy(PolicyId=made["Id"], TargetId=self.unit)
        attached = {p["Id"]: p["AwsManaged"] for p in org.list_policies_for_target(TargetId=self.unit, Filter=SCP)["Policies"]}
        self.assertEqual(attached, {"p-FullAWSAccess": True, made["Id"]: False})
        self.assertEqual([(t["TargetId"], t["Type"]) for t in org.list_targets_for_policy(PolicyId=made["Id"])["Targets"]], [(self.unit, "ORGANIZATIONAL_UNIT")])
        org.update_policy(PolicyId=made["Id"], Description="new")
        got = org.describe_policy(PolicyId=made["Id"])["Policy"]
        self.assertEqual((got["PolicySummary"]["Description"], got["Content"]), ("new", DENY))
        self.assertEqual(len(org.list_policies(Filter=SCP)["Policies"]), 2)
        org.detach_policy(PolicyId=made["Id"], TargetId=self.unit)
        org.delete_policy(PolicyId=made["Id"])
        with self.refused("PolicyNotFoundException", 400):
            org.describe_policy(PolicyId=made["Id"])

    def test_types(self):
        on = org.enable_policy_type(RootId=self.root, PolicyType=RCP)["Root"]["PolicyTypes"]
        self.assertIn({"Type": RCP, "Status": "ENABLED"}, on)
        self.assertEqual([p["Id"] for p in org.list_policies_for_target(TargetId=self.member, Filter=RCP)["Policies"]], ["p-RCPFullAWSAccess"])
        off = org.disable_policy_type(RootId=self.root, PolicyType=RCP)["Root"]["PolicyTypes"]
        self.assertNotIn({"Type": RCP, "Status": "ENABLED"}, off)

    def test_delegation(self):
        service = "guardduty.amazonaws.com"
        org.enable_aws_service_access(ServicePrincipal=service)
        self.assertIn(service, [s["ServicePrincipal"] for s in org.list_aws_service_access_for_organization()["EnabledServicePrincipals"]])
        org.register_delegated_administrator(AccountId=self.member, ServicePrincipal=service)
        self.assertEqual([a["Id"] for a in org.list_delegated_administrators(ServicePrincipal=service)["DelegatedAdministrators"]], [self.member])
        self.assertEqual([s["ServicePrincipal"] for s in org.list_delegated_services_for_account(AccountId=self.member)["DelegatedServices"]], [service])
        org.deregister_delegated_administrator(AccountId=self.member, ServicePrincipal=service)
        org.disable_aws_service_access(ServicePrincipal=service)
        with self.refused("AccountNotRegisteredException", 400):
            org.list_delegated_services_for_account(AccountId=self.member)

    def test_resource_policy(self):
        with self.refused("ResourcePolicyNotFoundException", 400):
            org.describe_resource_policy()
        org.put_resource_policy(Content=DENY)
        self.assertEqual(org.describe_resource_policy()["ResourcePolicy"]["Content"], DENY)
        org.delete_resource_policy()

    def test_tags(self):
        org.tag_resource(ResourceId=self.unit, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
        org.untag_resource(ResourceId=self.unit, TagKeys=["a"])
        self.assertEqual(org.list_tags_for_resource(ResourceId=self.unit)["Tags"], [{"Key": "b", "Value": "2"}])
        with self.refused("TargetNotFoundException", 400):
            org.list_tags_for_resource(ResourceId="123412341234")


if __name__ == "__main__":
    unittest.main()
