"""Reads an organization by boto3, entity by entity, and prints as JSON what is
there: entities as [kind, key, account, name] and edges as [from, relation, to]."""

import json
import os

import boto3
from botocore.exceptions import ClientError

HOME = boto3.client("sts").get_caller_identity()["Account"]
MOTO = "MOTO" in os.environ  # which has neither applications nor service-specific credentials


def session(account):
    """A session in an account, by the role that Organizations makes."""
    if account == HOME:
        return boto3.Session()
    c = boto3.client("sts").assume_role(
        RoleArn=f"arn:aws:iam::{account}:role/OrganizationAccountAccessRole", RoleSessionName="judge")["Credentials"]
    return boto3.Session(aws_access_key_id=c["AccessKeyId"], aws_secret_access_key=c["SecretAccessKey"], aws_session_token=c["SessionToken"])


def claims(conditions):
    """What a trust policy wants of whom a provider vouches for, in one line."""
    wanted = {}
    for operator, keys in conditions.items():
        for key, values in keys.items():
            if not key.lower().startswith(("aws:", "sts:")) and "Not" not in operator:
                wanted.setdefault(key.lower(), []).extend([values] if isinstance(values, str) else values)
    return " ".join(f'{key}={"|".join(sorted(values))}' for key, values in sorted(wanted.items()))


def read_account(account, entities, edges):
    try:
        iam = session(account).client("iam")
    except ClientError as e:
        if e.response["Error"]["Code"] != "AccessDenied":
            raise
        return  # an account that lets nobody in
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
            for m in iam.list_mfa_devices(UserName=u["UserName"])["MFADevices"]:
                entities.append(["iam.mfa-device", m["SerialNumber"], account, ""])
                edges.append([u["Arn"], "owns", m["SerialNumber"]])
            for k in iam.list_ssh_public_keys(UserName=u["UserName"])["SSHPublicKeys"]:
                entities.append(["iam.ssh-public-key", k["SSHPublicKeyId"], account, ""])
                edges.append([u["Arn"], "owns", k["SSHPublicKeyId"]])
            for c in [] if MOTO else iam.list_service_specific_credentials(UserName=u["UserName"])["ServiceSpecificCredentials"]:
                entities.append(["iam.service-specific-credential", c["ServiceSpecificCredentialId"], account, c["ServiceName"]])
                edges.append([u["Arn"], "owns", c["ServiceSpecificCredentialId"]])
    for page in iam.get_paginator("list_groups").paginate():
        for g in page["Groups"]:
            entities.append(["iam.group", g["Arn"], account, g["GroupName"]])
            for p in iam.list_attached_group_policies(GroupName=g["GroupName"])["AttachedPolicies"]:
                edges.append([g["Arn"], "attached", p["PolicyArn"]])
            for p in iam.list_group_policies(GroupName=g["GroupName"])["PolicyNames"]:
                edges.append([g["Arn"], "attached", f'{g["Arn"]}#{p}'])
    for page in iam.get_paginator("list_roles").paginate():
        for r in page["Roles"]:
            entities.append(["iam.role", r["Arn"], account, r["RoleName"]])
            for p in iam.list_attached_role_policies(RoleName=r["RoleName"])["AttachedPolicies"]:
                edges.append([r["Arn"], "attached", p["PolicyArn"]])
            for p in iam.list_role_policies(RoleName=r["RoleName"])["PolicyNames"]:
                edges.append([r["Arn"], "attached", f'{r["Arn"]}#{p}'])
            for s in r["AssumeRolePolicyDocument"]["Statement"]:
                for kind, names in s["Principal"].items():
                    for name in [names] if isinstance(names, str) else names:
                        if kind == "Federated":
                            name += "#" + claims(s.get("Condition", {}))
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


def read():
    entities, edges, accounts = [], [], []
    org = boto3.client("organizations")
    for page in org.get_paginator("list_accounts").paginate():
        for a in page["Accounts"]:
            entities.append(["org.account", a["Id"], a["Id"], a["Name"]])
            if a["Status"] == "ACTIVE":
                accounts.append(a["Id"])
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
                for members in ids.get_paginator("list_group_memberships").paginate(IdentityStoreId=store, GroupId=g["GroupId"]):
                    for m in members["GroupMemberships"]:
                        edges.append([f'{store}/{m["MemberId"]["UserId"]}', "member-of", f'{store}/{g["GroupId"]}'])
        for arn in sso.list_permission_sets(InstanceArn=home)["PermissionSets"]:
            name = sso.describe_permission_set(InstanceArn=home, PermissionSetArn=arn)["PermissionSet"]["Name"]
            entities.append(["sso.permission-set", arn, "", name])
            for account in sso.list_accounts_for_provisioned_permission_set(InstanceArn=home, PermissionSetArn=arn)["AccountIds"]:
                entities.append(["sso.account-role", f"{arn}@{account}", account, name])
                for a in sso.list_account_assignments(InstanceArn=home, AccountId=account, PermissionSetArn=arn)["AccountAssignments"]:
                    edges.append([f'{store}/{a["PrincipalId"]}', "assigned", f"{arn}@{account}"])
        if not MOTO:
            read_applications(sso, store, home, entities, edges)
    return {"home": HOME, "entities": entities, "edges": edges}


def read_applications(sso, store, home, entities, edges):
    for a in sso.list_applications(InstanceArn=home)["Applications"]:
        entities.append(["sso.application", a["ApplicationArn"], a["ApplicationAccount"], a["Name"]])
        for p in sso.list_application_assignments(ApplicationArn=a["ApplicationArn"])["ApplicationAssignments"]:
            edges.append([f'{store}/{p["PrincipalId"]}', "assigned", a["ApplicationArn"]])


if __name__ == "__main__":
    print(json.dumps(read()))
