"""IAM: users, groups, roles and instance profiles, from their making to their end."""
import json

from judge import ACCOUNT, Case, client

iam = client("iam")
ARN = f"arn:aws:iam::{ACCOUNT}:"


def trust(**principal):
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}]})


def tags(**pairs):
    return [{"Key": k, "Value": v} for k, v in pairs.items()]


class Users(Case):
    def test_life(self):
        made = iam.create_user(UserName="eve", Path="/people/", Tags=tags(team="x"))["User"]
        self.assertEqual((made["Arn"], made["Path"], made["Tags"]), (ARN + "user/people/eve", "/people/", tags(team="x")))
        self.assertRegex(made["UserId"], r"^AIDA[A-Z2-7]{16,17}$")
        with self.refused("EntityAlreadyExists", 409):
            iam.create_user(UserName="eve")
        iam.update_user(UserName="eve", NewUserName="mallory", NewPath="/")
        self.assertEqual(iam.get_user(UserName="mallory")["User"]["Arn"], ARN + "user/mallory")
        with self.refused("NoSuchEntity", 404):
            iam.get_user(UserName="eve")
        iam.tag_user(UserName="mallory", Tags=tags(Team="y", b="2"))
        iam.untag_user(UserName="mallory", TagKeys=["B"])
        self.assertEqual(iam.list_user_tags(UserName="mallory")["Tags"], tags(Team="y"))
        iam.delete_user(UserName="mallory")
        with self.refused("NoSuchEntity", 404):
            iam.delete_user(UserName="mallory")

    def test_self(self):
        self.assertEqual(iam.get_user()["User"]["UserName"], "operator")

    def test_refusals(self):
        with self.refused("ValidationError", 400):
            iam.create_user(UserName="a b")
        with self.refused("ValidationError", 400):
            iam.create_user(UserName="a" * 65)
        with self.refused("InvalidInput", 400):
            iam.create_user(UserName="a", Tags=tags(a="1", A="2"))
        with self.refused("EntityAlreadyExists", 409):
            iam.update_user(UserName="bob", NewUserName="ada")


class Groups(Case):
    def test_life(self):
        made = iam.create_group(GroupName="makers")["Group"]
        self.assertEqual(made["Arn"], ARN + "group/makers")
        with self.refused("EntityAlreadyExists", 409):
            iam.create_group(GroupName="makers")
        iam.create_user(UserName="maker")
        iam.add_user_to_group(GroupName="makers", UserName="maker")
        self.assertEqual([g["GroupName"] for g in iam.list_groups_for_user(UserName="maker")["Groups"]], ["makers"])
        self.assertEqual([u["UserName"] for u in iam.get_group(GroupName="makers")["Users"]], ["maker"])
        with self.refused("DeleteConflict", 409):
            iam.delete_group(GroupName="makers")
        with self.refused("DeleteConflict", 409):
            iam.delete_user(UserName="maker")
        iam.update_group(GroupName="makers", NewGroupName="builders", NewPath="/teams/")
        self.assertEqual(iam.get_group(GroupName="builders")["Group"]["Arn"], ARN + "group/teams/builders")
        iam.remove_user_from_group(GroupName="builders", UserName="maker")
        with self.refused("NoSuchEntity", 404):
            iam.remove_user_from_group(GroupName="builders", UserName="maker")
        iam.delete_user(UserName="maker")
        iam.delete_group(GroupName="builders")


class Roles(Case):
    def test_life(self):
        made = iam.create_role(RoleName="worker", AssumeRolePolicyDocument=trust(Service="ec2.amazonaws.com"), Description="works",
                               MaxSessionDuration=7200, Tags=tags(a="1"))["Role"]
        self.assertEqual(made["Arn"], ARN + "role/worker")
        got = iam.get_role(RoleName="worker")["Role"]
        self.assertEqual((got["Description"], got["MaxSessionDuration"], got["Tags"], got["RoleLastUsed"]), ("works", 7200, tags(a="1"), {}))
        iam.update_role(RoleName="worker", Description="rests")
        iam.update_role_description(RoleName="worker", Description="naps")
        iam.update_assume_role_policy(RoleName="worker", PolicyDocument=trust(AWS=ACCOUNT))
        got = iam.get_role(RoleName="worker")["Role"]
        self.assertEqual((got["Description"], got["MaxSessionDuration"]), ("naps", 3600))
        self.assertEqual(got["AssumeRolePolicyDocument"]["Statement"][0]["Principal"], {"AWS": ACCOUNT})
        iam.tag_role(RoleName="worker", Tags=tags(b="2"))
        iam.untag_role(RoleName="worker", TagKeys=["a"])
        self.assertEqual(iam.list_role_tags(RoleName="worker")["Tags"], tags(b="2"))
        iam.delete_role(RoleName="worker")
        with self.refused("NoSuchEntity", 404):
            iam.get_role(RoleName="worker")

    def test_last_use(self):
        iam.create_role(RoleName="used", AssumeRolePolicyDocument=trust(AWS=ARN + "user/operator"))
        c = client("sts").assume_role(RoleArn=ARN + "role/used", RoleSessionName="me")["Credentials"]
        self.assertEqual(iam.get_role(RoleName="used")["Role"]["RoleLastUsed"], {})
        client("sts", aws_access_key_id=c["AccessKeyId"], aws_secret_access_key=c["SecretAccessKey"],
               aws_session_token=c["SessionToken"]).get_caller_identity()
        self.assertEqual(iam.get_role(RoleName="used")["Role"]["RoleLastUsed"]["Region"], "us-east-1")
        iam.delete_role(RoleName="used")

    def test_trust(self):
        for document in [
            "{", '{"Version": "2012-10-17", "Statement": []', json.dumps({"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole"}]}),
            trust(AWS=ARN + "user/nobody"), trust(AWS="nonsense"), trust(AWS="*").replace("sts:", "s3:"),
        ]:
            with self.refused("MalformedPolicyDocument", 400):
                iam.create_role(RoleName="none", AssumeRolePolicyDocument=document)

    def test_service_linked(self):
        made = iam.create_service_linked_role(AWSServiceName="autoscaling.amazonaws.com", CustomSuffix="two", Description="d")["Role"]
        self.assertEqual(made["Arn"], ARN + "role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling_two")
        with self.refused("InvalidInput", 400):
            iam.create_service_linked_role(AWSServiceName="autoscaling.amazonaws.com", CustomSuffix="two")
        with self.refused("UnmodifiableEntity", 400):
            iam.delete_role(RoleName=made["RoleName"])
        task = iam.delete_service_linked_role(RoleName=made["RoleName"])["DeletionTaskId"]
        self.assertEqual(iam.get_service_linked_role_deletion_status(DeletionTaskId=task)["Status"], "SUCCEEDED")
        with self.refused("NoSuchEntity", 404):
            iam.get_role(RoleName=made["RoleName"])


class InstanceProfiles(Case):
    def test_life(self):
        iam.create_role(RoleName="node", AssumeRolePolicyDocument=trust(Service="ec2.amazonaws.com"))
        made = iam.create_instance_profile(InstanceProfileName="nodes", Tags=tags(a="1"))["InstanceProfile"]
        self.assertEqual((made["Arn"], made["Roles"]), (ARN + "instance-profile/nodes", []))
        iam.add_role_to_instance_profile(InstanceProfileName="nodes", RoleName="node")
        with self.refused("LimitExceeded", 409):
            iam.add_role_to_instance_profile(InstanceProfileName="nodes", RoleName="Function")
        self.assertEqual([p["InstanceProfileName"] for p in iam.list_instance_profiles_for_role(RoleName="node")["InstanceProfiles"]], ["nodes"])
        self.assertEqual(iam.get_instance_profile(InstanceProfileName="nodes")["InstanceProfile"]["Roles"][0]["RoleName"], "node")
        for conflict in lambda: iam.delete_role(RoleName="node"), lambda: iam.delete_instance_profile(InstanceProfileName="nodes"):
            with self.refused("DeleteConflict", 409):
                conflict()
        iam.tag_instance_profile(InstanceProfileName="nodes", Tags=tags(b="2"))
        iam.untag_instance_profile(InstanceProfileName="nodes", TagKeys=["a"])
        self.assertEqual(iam.list_instance_profile_tags(InstanceProfileName="nodes")["Tags"], tags(b="2"))
        iam.remove_role_from_instance_profile(InstanceProfileName="nodes", RoleName="node")
        iam.delete_instance_profile(InstanceProfileName="nodes")
        iam.delete_role(RoleName="node")
