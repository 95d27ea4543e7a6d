"""IAM: policies inline and managed, their versions, and what they are given to."""
import json

from judge import ACCOUNT, Case, client

iam = client("iam")
ARN = f"arn:aws:iam::{ACCOUNT}:"
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
KINDS = ["user", "group", "role"]
TRUST = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}]})


def allow(action="s3:Get*", resource="*", **more):
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": resource, **more}]}


class Policies(Case):
    @classmethod
    def setUpClass(cls):
        iam.create_user(UserName="holder")
        iam.create_group(GroupName="holder")
        iam.create_role(RoleName="holder", AssumeRolePolicyDocument=TRUST)

    def call(self, verb, kind, what="", **more):
        """Calls put_user_policy and its like."""
        return getattr(iam, f"{verb}_{kind}_{what}".rstrip("_"))(**{kind.capitalize() + "Name": "holder"}, **more)

    def test_inline(self):
        for kind in KINDS:
            with self.subTest(kind):
                self.call("put", kind, "policy", PolicyName="p", PolicyDocument=json.dumps(allow()))
                self.assertEqual(self.call("get", kind, "policy", PolicyName="p")["PolicyDocument"], allow())
                self.assertEqual(self.call("list", kind, "policies")["PolicyNames"], ["p"])
                with self.refused("DeleteConflict", 409):
                    self.call("delete", kind)
                self.call("delete", kind, "policy", PolicyName="p")
                with self.refused("NoSuchEntity", 404):
                    self.call("delete", kind, "policy", PolicyName="p")
                with self.refused("NoSuchEntity", 404):
                    self.call("get", kind, "policy", PolicyName="p")

    def test_sizes(self):
        for kind, most in zip(KINDS, [2048, 5120, 10240]):
            with self.subTest(kind), self.refused("LimitExceeded", 409):
                self.call("put", kind, "policy", PolicyName="p", PolicyDocument=json.dumps(allow(resource="arn:aws:s3:::" + "b" * most)))

    def test_malformed(self):
        for document in [
            "{", json.dumps(allow(Principal="*")), json.dumps(allow(action="get")), json.dumps(allow(resource="bucket")),
            json.dumps({"Statement": [{"Effect": "Allow", "Action": "s3:*"}]}), json.dumps(allow(Sid="a b")),
        ]:
            with self.subTest(document), self.refused("MalformedPolicyDocument", 400):
                iam.put_user_policy(UserName="holder", PolicyName="p", PolicyDocument=document)

    def test_attached(self):
        for kind in KINDS:
            with self.subTest(kind):
                self.call("attach", kind, "policy", PolicyArn=READ_ONLY)
                self.call("attach", kind, "policy", PolicyArn=READ_ONLY)
                attached = self.call("list_attached", kind, "policies")["AttachedPolicies"]
                self.assertEqual(attached, [{"PolicyName": "ReadOnlyAccess", "PolicyArn": READ_ONLY}])
                with self.refused("NoSuchEntity", 404):
                    self.call("attach", kind, "policy", PolicyArn=ARN + "policy/none")
                with self.refused("InvalidInput", 400):
                    self.call("attach", kind, "policy", PolicyArn="arn:aws:s3:::a-bucket-of-mine")
                self.call("detach", kind, "policy", PolicyArn=READ_ONLY)
                with self.refused("NoSuchEntity", 404):
                    self.call("detach", kind, "policy", PolicyArn=READ_ONLY)

    def test_boundary(self):
        for kind in ["user", "role"]:
            with self.subTest(kind):
                self.call("put", kind, "permissions_boundary", PermissionsBoundary=READ_ONLY)
                got = self.call("get", kind)[kind.capitalize()]
                self.assertEqual(got["PermissionsBoundary"]["PermissionsBoundaryArn"], READ_ONLY)
                self.call("delete", kind, "permissions_boundary")
                with self.refused("NoSuchEntity", 404):
                    self.call("delete", kind, "permissions_boundary")

    def test_managed(self):
        made = iam.create_policy(PolicyName="mine", Path="/own/", PolicyDocument=json.dumps(allow()), Description="d",
                                 Tags=[{"Key": "a", "Value": "1"}])["Policy"]
        arn = made["Arn"]
        self.assertEqual((arn, made["DefaultVersionId"], made["AttachmentCount"]), (ARN + "policy/own/mine", "v1", 0))
        with self.refused("EntityAlreadyExists", 409):
            iam.create_policy(PolicyName="mine", PolicyDocument=json.dumps(allow()))
        iam.attach_user_policy(UserName="holder", PolicyArn=arn)
        iam.put_role_permissions_boundary(RoleName="holder", PermissionsBoundary=arn)
        got = iam.get_policy(PolicyArn=arn)["Policy"]
        self.assertEqual((got["Description"], got["AttachmentCount"], got["PermissionsBoundaryUsageCount"]), ("d", 1, 1))
        entities = iam.list_entities_for_policy(PolicyArn=arn)
        self.assertEqual(([u["UserName"] for u in entities["PolicyUsers"]], [r["RoleName"] for r in entities["PolicyRoles"]], entities["PolicyGroups"]),
                         (["holder"], ["holder"], []))
        bounded = iam.list_entities_for_policy(PolicyArn=arn, PolicyUsageFilter="PermissionsBoundary")
        self.assertEqual((bounded["PolicyUsers"], len(bounded["PolicyRoles"])), ([], 1))
        with self.refused("DeleteConflict", 409):
            iam.delete_policy(PolicyArn=arn)
        iam.detach_user_policy(UserName="holder", PolicyArn=arn)
        iam.delete_role_permissions_boundary(RoleName="holder")
        iam.tag_policy(PolicyArn=arn, Tags=[{"Key": "b", "Value": "2"}])
        iam.untag_policy(PolicyArn=arn, TagKeys=["a"])
        self.assertEqual(iam.list_policy_tags(PolicyArn=arn)["Tags"], [{"Key": "b", "Value": "2"}])
        self.versions(arn)
        iam.delete_policy(PolicyArn=arn)
        with self.refused("NoSuchEntity", 404):
            iam.get_policy(PolicyArn=arn)

    def versions(self, arn):
        for n in range(2, 6):
            made = iam.create_policy_version(PolicyArn=arn, PolicyDocument=json.dumps(allow(f"s3:Get{n}")), SetAsDefault=n == 3)["PolicyVersion"]
            self.assertEqual((made["VersionId"], made["IsDefaultVersion"]), (f"v{n}", n == 3))
        with self.refused("LimitExceeded", 409):
            iam.create_policy_version(PolicyArn=arn, PolicyDocument=json.dumps(allow()))
        listed = [v["VersionId"] for page in iam.get_paginator("list_policy_versions").paginate(PolicyArn=arn, PaginationConfig={"PageSize": 2})
                  for v in page["Versions"]]
        self.assertEqual(listed, ["v5", "v4", "v3", "v2", "v1"])
        with self.refused("DeleteConflict", 409):
            iam.delete_policy_version(PolicyArn=arn, VersionId="v3")
        with self.refused("DeleteConflict", 409):
            iam.delete_policy(PolicyArn=arn)
        iam.set_default_policy_version(PolicyArn=arn, VersionId="v5")
        for n in 1, 2, 3, 4:
            iam.delete_policy_version(PolicyArn=arn, VersionId=f"v{n}")
        self.assertEqual(iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"], "v5")

    def test_of_aws(self):
        self.assertTrue(iam.get_policy(PolicyArn=READ_ONLY)["Policy"]["IsAttachable"])
        with self.refused("AccessDenied", 403):
            iam.delete_policy(PolicyArn=READ_ONLY)
