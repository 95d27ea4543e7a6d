"""Seeds an organization by boto3, then prints what read.py reads of it."""

import json
import time

import boto3

from read import HOME, MOTO, read, session

TRUST = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{HOME}:root"}, "Action": "sts:AssumeRole",
     "Condition": {"StringEquals": {"sts:ExternalId": "8f2c"}}},
    {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
GITHUB = "token.actions.githubusercontent.com"
ALLOW = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]})


def seed_account(account):
    iam = session(account).client("iam")
    policy = iam.create_policy(PolicyName="Buckets", PolicyDocument=ALLOW)["Policy"]["Arn"]
    for name in ("ada", "bob", "old"):
        iam.create_user(UserName=name, Path="/people/", Tags=[{"Key": "team", "Value": name}])
    iam.create_group(GroupName="ops")
    iam.add_user_to_group(GroupName="ops", UserName="ada")
    iam.add_user_to_group(GroupName="ops", UserName="bob")
    iam.attach_group_policy(GroupName="ops", PolicyArn=policy)
    iam.put_user_policy(UserName="old", PolicyName="inline-one", PolicyDocument=ALLOW)
    iam.create_access_key(UserName="old")
    iam.create_access_key(UserName="old")
    iam.create_access_key(UserName="bob")
    iam.create_role(RoleName="Deploy", AssumeRolePolicyDocument=json.dumps(TRUST), Tags=[{"Key": "repo", "Value": "acme/deploy"}])
    iam.attach_role_policy(RoleName="Deploy", PolicyArn=policy)
    provider = iam.create_open_id_connect_provider(Url=f"https://{GITHUB}", ClientIDList=["sts.amazonaws.com"], ThumbprintList=["a" * 40])
    iam.create_role(RoleName="CI", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"Federated": provider["OpenIDConnectProviderArn"]}, "Action": "sts:AssumeRoleWithWebIdentity",
         "Condition": {"StringLike": {f"{GITHUB}:sub": "repo:acme/*:ref:refs/heads/main"}}}]}))
    iam.create_instance_profile(InstanceProfileName="web")
    iam.add_role_to_instance_profile(InstanceProfileName="web", RoleName="Deploy")
    iam.create_account_alias(AccountAlias=f"acme-{account}")


def made(org, status):
    """The account of a request for one, when it is there."""
    while status["State"] == "IN_PROGRESS":
        time.sleep(0.05)
        status = org.describe_create_account_status(CreateAccountRequestId=status["Id"])["CreateAccountStatus"]
    return status["AccountId"]


def done(sso, instance, answer, kind, describe):
    """Waits until Identity Center has done what it was asked for; moto has at once."""
    status = answer[kind]
    while not MOTO and status["Status"] == "IN_PROGRESS":
        time.sleep(0.05)
        argument = {"ProvisionPermissionSetRequestId" if "Provisioning" in kind else "AccountAssignmentCreationRequestId": status["RequestId"]}
        status = describe(InstanceArn=instance, **argument)[kind]


def seed():
    org = boto3.client("organizations")
    org.create_organization(FeatureSet="ALL")
    root = org.list_roots()["Roots"][0]["Id"]
    prod = org.create_organizational_unit(ParentId=root, Name="prod")["OrganizationalUnit"]["Id"]
    nested = org.create_organizational_unit(ParentId=prod, Name="web")["OrganizationalUnit"]["Id"]
    accounts = [HOME]
    for n in range(3):
        status = org.create_account(AccountName=f"member-{n}", Email=f"member-{n}@example.com")["CreateAccountStatus"]
        accounts.append(made(org, status))
        if n < 2:
            org.move_account(AccountId=accounts[-1], SourceParentId=root, DestinationParentId=[prod, nested][n])
    if not MOTO:  # which has it enabled from the beginning
        org.enable_policy_type(RootId=root, PolicyType="SERVICE_CONTROL_POLICY")
    scp = org.create_policy(Name="NoRoot", Description="", Type="SERVICE_CONTROL_POLICY", Content=ALLOW)["Policy"]["PolicySummary"]["Id"]
    org.attach_policy(PolicyId=scp, TargetId=prod)
    for account in accounts[1:]:
        # moto lets every role be assumed, whether or not it is there.
        seed_account(account)
    seed_account(HOME)
    store = boto3.client("sso-admin").list_instances()["Instances"][0]
    ids, sso = boto3.client("identitystore"), boto3.client("sso-admin")
    users = [ids.create_user(IdentityStoreId=store["IdentityStoreId"], UserName=f"user{n}", DisplayName=f"User {n}",
                             Name={"GivenName": "User", "FamilyName": str(n)}, Emails=[{"Value": f"user{n}@example.com", "Primary": True}])["UserId"]
             for n in range(7)]
    groups = [ids.create_group(IdentityStoreId=store["IdentityStoreId"], DisplayName=f"group{n}")["GroupId"] for n in range(3)]
    for n, user in enumerate(users):
        ids.create_group_membership(IdentityStoreId=store["IdentityStoreId"], GroupId=groups[n % 3], MemberId={"UserId": user})
    home = store["InstanceArn"]

    def assign(account, kind, principal):
        answer = sso.create_account_assignment(InstanceArn=home, TargetId=account, TargetType="AWS_ACCOUNT", PermissionSetArn=arn,
                                               PrincipalType=kind, PrincipalId=principal)
        done(sso, home, answer, "AccountAssignmentCreationStatus", sso.describe_account_assignment_creation_status)

    for n, name in enumerate(("Admin", "ReadOnly")):
        arn = sso.create_permission_set(InstanceArn=home, Name=name, SessionDuration="PT4H")["PermissionSet"]["PermissionSetArn"]
        sso.attach_managed_policy_to_permission_set(
            InstanceArn=home, PermissionSetArn=arn, ManagedPolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
        for account in accounts[n:n + 2]:
            assign(account, "GROUP", groups[n])
            answer = sso.provision_permission_set(InstanceArn=home, PermissionSetArn=arn, TargetType="ALL_PROVISIONED_ACCOUNTS")
            done(sso, home, answer, "PermissionSetProvisioningStatus", sso.describe_permission_set_provisioning_status)
        assign(accounts[n], "USER", users[n])
    return accounts


seed()
print(json.dumps(read()))
