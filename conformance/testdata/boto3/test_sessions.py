"""Sessions of roles and federated users: chains, tags, source identity, and how a bucket
policy names whom it lets in.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics.html"""
import json

from judge import ACCOUNT, Case, client

iam, sts, s3 = client("iam"), client("sts"), client("s3")
BUCKET = "judge-sessions"
SESSION = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def allow(action, resource="*", condition=None, **more):
    return {"Effect": "Allow", "Action": action, "Resource": resource, **({"Condition": condition} if condition else {}), **more}


def role(name, principal, *policies, actions=SESSION, condition=None, **more):
    trust = {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": actions, **({"Condition": condition} if condition else {})}
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document(trust), **more)["Role"]["Arn"]
    if policies:
        iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=document(*policies))
    return arn


def user(name, *policies):
    iam.create_user(UserName=name)
    if policies:
        iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=document(*policies))
    return iam.create_access_key(UserName=name)["AccessKey"]


def by(service, key):
    return client(service, aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"], aws_session_token=key.get("SessionToken"))


def tags(**pairs):
    return [{"Key": k, "Value": v} for k, v in pairs.items()]


class Chains(Case):
    @classmethod
    def setUpClass(cls):
        cls.user = by("sts", user("chainer", allow(SESSION)))
        cls.first = role("first", ACCOUNT, allow("sts:*"), MaxSessionDuration=43200)
        cls.second = role("second", cls.first,
                          allow("iam:ListUsers", condition={"StringEquals": {"aws:PrincipalTag/team": "a", "aws:SourceIdentity": "ada"}}),
                          allow("iam:ListRoles", condition={"Null": {"aws:PrincipalTag/cost": "false"}}), MaxSessionDuration=43200)
        cls.begun = cls.user.assume_role(RoleArn=cls.first, RoleSessionName="one", DurationSeconds=43200, SourceIdentity="ada",
                                         Tags=tags(team="a", cost="b"), TransitiveTagKeys=["team"])["Credentials"]

    def test_hour(self):
        with self.refused("ValidationError"):
            by("sts", self.begun).assume_role(RoleArn=self.second, RoleSessionName="two", DurationSeconds=3601)
        by("sts", self.begun).assume_role(RoleArn=self.second, RoleSessionName="two", DurationSeconds=3600)

    def test_what_is_kept(self):
        out = by("sts", self.begun).assume_role(RoleArn=self.second, RoleSessionName="two")
        self.assertEqual(out["SourceIdentity"], "ada")
        by("iam", out["Credentials"]).list_users()
        with self.refused("AccessDenied", 403):
            by("iam", out["Credentials"]).list_roles()

    def test_what_cannot_change(self):
        with self.refused("InvalidParameterValue"):
            by("sts", self.begun).assume_role(RoleArn=self.second, RoleSessionName="two", Tags=tags(Team="z"))
        with self.refused("AccessDenied", 403):
            by("sts", self.begun).assume_role(RoleArn=self.second, RoleSessionName="two", SourceIdentity="eve")

    def test_trust(self):
        bare = role("bare", ACCOUNT, actions=["sts:AssumeRole"])
        self.user.assume_role(RoleArn=bare, RoleSessionName="two")
        for more in ({"SourceIdentity": "ada"}, {"Tags": tags(team="a")}):
            with self.refused("AccessDenied", 403):
                self.user.assume_role(RoleArn=bare, RoleSessionName="two", **more)
        named = role("named", ACCOUNT, condition={"StringEquals": {"sts:RoleSessionName": "${aws:username}"}})
        self.user.assume_role(RoleArn=named, RoleSessionName="chainer")
        with self.refused("AccessDenied", 403):
            self.user.assume_role(RoleArn=named, RoleSessionName="other")


class Federated(Case):
    def test_tags_and_keys(self):
        key = user("federator", allow(["sts:GetFederationToken", "s3:ListAllMyBuckets"]))
        iam.tag_user(UserName="federator", Tags=tags(team="a"))
        with self.refused("AccessDenied", 403):
            by("sts", key).get_federation_token(Name="bob", Tags=tags(x="y"))
        for condition in (
            {"StringEquals": {"aws:PrincipalTag/team": "a", "aws:PrincipalType": "FederatedUser", "aws:userid": f"{ACCOUNT}:bob"}},
            {"ArnEquals": {"aws:PrincipalArn": f"arn:aws:sts::{ACCOUNT}:federated-user/bob"}}, {"Null": {"aws:username": "true"}},
        ):
            out = by("sts", key).get_federation_token(Name="bob", Policy=document(allow("s3:ListAllMyBuckets", condition=condition)))
            by("s3", out["Credentials"]).list_buckets()
        with self.refused("InvalidClientTokenId", 403):
            by("iam", out["Credentials"]).list_users()


class BucketPolicies(Case):
    """An implicit denial of a boundary or a session policy counts if the bucket policy names
    the role, and not if it names the session or the user."""

    @classmethod
    def setUpClass(cls):
        s3.create_bucket(Bucket=BUCKET)
        s3.put_object(Bucket=BUCKET, Key="k", Body=b"1")
        cls.boundary = iam.create_policy(PolicyName="ec2-only", PolicyDocument=document(allow("ec2:*")))["Policy"]["Arn"]

    def name(self, principal):
        s3.put_bucket_policy(Bucket=BUCKET, Policy=document(allow("s3:GetObject", f"arn:aws:s3:::{BUCKET}/*", Principal={"AWS": principal})))

    def test_boundary(self):
        arn = role("bounded", ACCOUNT, PermissionsBoundary=self.boundary)
        session = sts.assume_role(RoleArn=arn, RoleSessionName="one")["Credentials"]
        key = user("bounded")
        iam.put_user_permissions_boundary(UserName="bounded", PermissionsBoundary=self.boundary)
        self.reads({arn: False, f"arn:aws:sts::{ACCOUNT}:assumed-role/bounded/one": True}, session)
        self.reads({ACCOUNT: False, f"arn:aws:iam::{ACCOUNT}:user/bounded": True}, key)

    def test_session_policy(self):
        arn = role("narrowed", ACCOUNT)
        session = sts.assume_role(RoleArn=arn, RoleSessionName="one", Policy=document(allow("ec2:*")))["Credentials"]
        self.reads({arn: False, f"arn:aws:sts::{ACCOUNT}:assumed-role/narrowed/one": True}, session)

    def reads(self, wanted, key):
        for principal, may in wanted.items():
            self.name(principal)
            if may:
                by("s3", key).get_object(Bucket=BUCKET, Key="k")
                continue
            with self.refused("AccessDenied", 403):
                by("s3", key).get_object(Bucket=BUCKET, Key="k")

    def test_not_principal(self):
        key = user("excepted", allow("s3:*"))
        s3.put_bucket_policy(Bucket=BUCKET, Policy=document({
            "Effect": "Deny", "NotPrincipal": {"AWS": [ACCOUNT, f"arn:aws:iam::{ACCOUNT}:user/excepted"]}, "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{BUCKET}/*"}))
        by("s3", key).get_object(Bucket=BUCKET, Key="k")
        iam.put_user_permissions_boundary(UserName="excepted", PermissionsBoundary="arn:aws:iam::aws:policy/AdministratorAccess")
        with self.refused("AccessDenied", 403):
            by("s3", key).get_object(Bucket=BUCKET, Key="k")
        with self.refused("MalformedPolicy", 400):
            s3.put_bucket_policy(Bucket=BUCKET, Policy=document({
                "Effect": "Allow", "NotPrincipal": {"AWS": ACCOUNT}, "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{BUCKET}/*"}))
