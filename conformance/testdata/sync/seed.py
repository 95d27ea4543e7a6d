"""Seeds an organization in moto by boto3, then prints as JSON what boto3 reads of
it: entities as [kind, key, account, name] and edges as [from, relation, to]."""

import json

import boto3

HOME = boto3.client("sts").get_caller_identity()["Account"]
TRUST = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{HOME}:root"}, "Action": "sts:AssumeRole",
     "Condition": {"StringEquals": {"sts:ExternalId": "8f2c"}}},
    {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
GITHUB = "token.actions.githubusercontent.com"
ALLOW = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]})


def session(account):
    """A session in an account, by the role that Organizations makes."""
    if account == HOME:
        return boto3.Session()
    c = boto3.client("sts").assume_role(
        RoleArn=f"arn:aws:iam::{account}:role/OrganizationAccountAccessRole", RoleSessionName="judge")["Credentials"]
    return boto3.Session(aws_access_key_id=c["AccessKeyId"], aws_secret_access_key=c["SecretAccessKey"], aws_session_token=c["SessionToken"])


def seed_account(account):
    iam = session(account).client("iam")
    policy = iam.create_policy(PolicyName="Buckets", PolicyDocument=ALLOW)["Policy"]["Arn"]
    for name in ("ada", "bob", "old"):
        iam.create_user(UserName=name, Path="/people/", Tags=[{"Key": "team", "Value": name}])
    iam.create_group(GroupName="ops")
    iam.add_user_to_group(GroupName="ops", UserName="ada")
    iam.add_user_to_group(GroupName="ops", UserName="bob")
    iam.attach_group_policy(GroupName="ops", PolicyArn=policy)
    iam.put_user_policy(UserName="old", PolicyName="inline one", PolicyDocument=ALLOW)
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
    iam.create_account_alias(AccountAlias=f"acme-{account[-4:]}")


def seed():
    org = boto3.client("organizations")
    org.create_organization(FeatureSet="ALL")
    root = org.list_roots()["Roots"][0]["Id"]
    prod = org.create_organizational_unit(ParentId=root, Name="prod")["OrganizationalUnit"]["Id"]
    nested = org.create_organizational_unit(ParentId=prod, Name="web")["OrganizationalUnit"]["Id"]
    accounts = [HOME]
    for n in range(3):
        status = org.create_account(AccountName=f"member-{n}", Email=f"member-{n}@example.com")["CreateAccountStatus"]
        accounts.append(status["AccountId"])
        if n < 2:
            org.move_account(AccountId=status["AccountId"], SourceParentId=root, DestinationParentId=[prod, nested][n])
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
    for n, name in enumerate(("Admin", "ReadOnly")):
        arn = sso.create_permission_set(InstanceArn=store["InstanceArn"], Name=name, SessionDuration="PT4H")["PermissionSet"]["PermissionSetArn"]
        sso.attach_managed_policy_to_permission_set(
            InstanceArn=store["InstanceArn"], PermissionSetArn=arn, ManagedPolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
        for account in accounts[n:n + 2]:
            sso.create_account_assignment(InstanceArn=store["InstanceArn"], TargetId=account, TargetType="AWS_ACCOUNT", PermissionSetArn=arn,
                                          PrincipalType="GROUP", PrincipalId=groups[n])
            sso.provision_permission_set(InstanceArn=store["InstanceArn"], PermissionSetArn=arn, TargetType="ALL_PROVISIONED_ACCOUNTS")
        sso.create_account_assignment(InstanceArn=store["InstanceArn"], TargetId=accounts[n], TargetType="AWS_ACCOUNT", PermissionSetArn=arn,
                                      PrincipalType="USER", PrincipalId=users[n])
    return accounts


def read_account(account, entities, edges):
    iam = session(account).client("iam")
    for page in iam.get_paginator("list_users").paginate():
        for u in page["Users"]:
            entities.append(["iam.user", u["Arn"], account, u["UserName"]])
            for g in iam.list_groups_for_user(UserName=u["UserName"])["Groups"]:
                edges.append([u["Arn"], "member-of", g["Arn"]])
            for p in iam.list_attached_user_policies(UserName=u["UserName"])["AttachedPolicies"]:
                edges.append([u["Arn"], "attached", p["PolicyArn"]])
            for p in iam.list_user_policies(UserName=u["UserName"])["PolicyNames"]:
                edges.append([u["Arn"], "attached", f'{u["Arn"]}#{p}'])
            for k in iam.list_access_keys(UserName=u["UserName"])["AccessKeyMetadata"]:
                entities.append(["iam.access-key", k["AccessKeyId"], account, k["AccessKeyId"]])
                edges.append([u["Arn"], "owns", k["AccessKeyId"]])
    for page in iam.get_paginator("list_groups").paginate():
        for g in page["Groups"]:
            entities.append(["iam.group", g["Arn"], account, g["GroupName"]])
            for p in iam.list_attached_group_policies(GroupName=g["GroupName"])["AttachedPolicies"]:
                edges.append([g["Arn"], "attached", p["PolicyArn"]])
    for page in iam.get_paginator("list_roles").paginate():
        for r in page["Roles"]:
            entities.append(["iam.role", r["Arn"], account, r["RoleName"]])
            for p in iam.list_attached_role_policies(RoleName=r["RoleName"])["AttachedPolicies"]:
                edges.append([r["Arn"], "attached", p["PolicyArn"]])
            for s in r["AssumeRolePolicyDocument"]["Statement"]:
                for kind, names in s["Principal"].items():
                    for name in [names] if isinstance(names, str) else names:
                        if kind == "Federated":
                            name += f"#{GITHUB}:sub=repo:acme/*:ref:refs/heads/main"
                        edges.append([name, "may-assume", r["Arn"]])
    for page in iam.get_paginator("list_policies").paginate(Scope="Local"):
        for p in page["Policies"]:
            entities.append(["iam.policy", p["Arn"], account, p["PolicyName"]])
    for page in iam.get_paginator("list_instance_profiles").paginate():
        for p in page["InstanceProfiles"]:
            entities.append(["iam.instance-profile", p["Arn"], account, p["InstanceProfileName"]])
            for r in p["Roles"]:
                edges.append([p["Arn"], "holds", r["Arn"]])
    for p in iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]:
        entities.append(["iam.oidc-provider", p["Arn"], account, p["Arn"].split("/", 1)[1]])


def read(accounts):
    entities, edges = [], []
    org = boto3.client("organizations")
    for page in org.get_paginator("list_accounts").paginate():
        for a in page["Accounts"]:
            entities.append(["org.account", a["Id"], a["Id"], a["Name"]])
            parent = org.list_parents(ChildId=a["Id"])["Parents"][0]
            if parent["Type"] == "ORGANIZATIONAL_UNIT":
                arn = org.describe_organizational_unit(OrganizationalUnitId=parent["Id"])["OrganizationalUnit"]["Arn"]
            else:
                arn = org.list_roots()["Roots"][0]["Arn"]
            edges.append([a["Id"], "in", arn])
    for kind in ("SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"):
        for page in org.get_paginator("list_policies").paginate(Filter=kind):
            for p in page["Policies"]:
                entities.append(["org.policy", p["Arn"], "", p["Name"]])
                for t in org.list_targets_for_policy(PolicyId=p["Id"])["Targets"]:
                    edges.append([p["Arn"], "governs", t["TargetId"] if t["Type"] == "ACCOUNT" else t["Arn"]])
    for account in accounts:
        read_account(account, entities, edges)
    sso, ids = boto3.client("sso-admin"), boto3.client("identitystore")
    for instance in sso.list_instances()["Instances"]:
        store, home = instance["IdentityStoreId"], instance["InstanceArn"]
        for page in ids.get_paginator("list_users").paginate(IdentityStoreId=store):
            for u in page["Users"]:
                entities.append(["sso.user", f'{store}/{u["UserId"]}', "", u["UserName"]])
        for page in ids.get_paginator("list_groups").paginate(IdentityStoreId=store):
            for g in page["Groups"]:
                entities.append(["sso.group", f'{store}/{g["GroupId"]}', "", g["DisplayName"]])
                for m in ids.list_group_memberships(IdentityStoreId=store, GroupId=g["GroupId"])["GroupMemberships"]:
                    edges.append([f'{store}/{m["MemberId"]["UserId"]}', "member-of", f'{store}/{g["GroupId"]}'])
        for arn in sso.list_permission_sets(InstanceArn=home)["PermissionSets"]:
            name = sso.describe_permission_set(InstanceArn=home, PermissionSetArn=arn)["PermissionSet"]["Name"]
            entities.append(["sso.permission-set", arn, "", name])
            for account in sso.list_accounts_for_provisioned_permission_set(InstanceArn=home, PermissionSetArn=arn)["AccountIds"]:
                entities.append(["sso.account-role", f"{arn}@{account}", account, name])
                for a in sso.list_account_assignments(InstanceArn=home, AccountId=account, PermissionSetArn=arn)["AccountAssignments"]:
                    edges.append([f'{store}/{a["PrincipalId"]}', "assigned", f"{arn}@{account}"])
    return {"home": HOME, "entities": entities, "edges": edges}


print(json.dumps(read(seed())))
