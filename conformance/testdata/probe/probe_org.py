"""Organizations, Identity Center, Identity Store."""
import json
import time

from recorder import ACCOUNT

SCP = "SERVICE_CONTROL_POLICY"
DENY = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:DeleteBucket", "Resource": "*"}]})
MANAGED = "arn:aws:iam::aws:policy/ReadOnlyAccess"


def run(call):
    organizations(call)
    store = call.client("sso-admin").list_instances()["Instances"][0]
    user, group = directory(call, store["IdentityStoreId"])
    center(call, store["InstanceArn"], user, group)


def organizations(call):
    call("no organization yet", "organizations", "describe_organization")
    call("found", "organizations", "create_organization", FeatureSet="ALL")
    call("found twice", "organizations", "create_organization", FeatureSet="ALL")
    call("look", "organizations", "describe_organization")
    root = call("roots", "organizations", "list_roots", want="Roots[0].Id")
    call("enable", "organizations", "enable_policy_type", RootId=root, PolicyType=SCP)
    call("enable twice", "organizations", "enable_policy_type", RootId=root, PolicyType=SCP)
    unit = call("unit", "organizations", "create_organizational_unit", ParentId=root, Name="one", want="OrganizationalUnit.Id",
                Tags=[{"Key": "a", "Value": "1"}])
    call("unit below", "organizations", "create_organizational_unit", ParentId=unit, Name="below")
    call("units", "organizations", "list_organizational_units_for_parent", ParentId=root)
    call("rename", "organizations", "update_organizational_unit", OrganizationalUnitId=unit, Name="uno")
    call("look at unit", "organizations", "describe_organizational_unit", OrganizationalUnitId=unit)
    member = account(call)
    call("account", "organizations", "describe_account", AccountId=member)
    call("no account", "organizations", "describe_account", AccountId="000000000000")
    call("accounts below", "organizations", "list_accounts_for_parent", ParentId=root)
    call("move", "organizations", "move_account", AccountId=member, SourceParentId=root, DestinationParentId=unit)
    call("children", "organizations", "list_children", ParentId=unit, ChildType="ACCOUNT")
    call("parents", "organizations", "list_parents", ChildId=member)
    policies(call, unit)
    delegation(call, member)
    call("tag", "organizations", "tag_resource", ResourceId=unit, Tags=[{"Key": "b", "Value": "2"}])
    call("untag", "organizations", "untag_resource", ResourceId=unit, TagKeys=["a"])
    call("tags", "organizations", "list_tags_for_resource", ResourceId=unit)
    call("close", "organizations", "close_account", AccountId=member)
    call("unit twice", "organizations", "create_organizational_unit", ParentId=root, Name="uno")
    call("unit nowhere", "organizations", "create_organizational_unit", ParentId=root[:-1] + "zzz9", Name="two")
    call("delete full unit", "organizations", "delete_organizational_unit", OrganizationalUnitId=unit)


def account(call):
    """Makes an account, which moto does at once."""
    org = call.client("organizations")
    asked = org.create_account(AccountName="member", Email="member@example.com")["CreateAccountStatus"]["Id"]
    for _ in range(200):
        status = org.describe_create_account_status(CreateAccountRequestId=asked)["CreateAccountStatus"]
        if status["State"] == "SUCCEEDED":
            return status["AccountId"]
        time.sleep(0.02)


def policies(call, unit):
    made = call("policy", "organizations", "create_policy", Type=SCP, Name="keep", Description="d", Content=DENY, want="Policy.PolicySummary.Id")
    call("policy twice", "organizations", "create_policy", Type=SCP, Name="keep", Description="d", Content=DENY)
    call("attach", "organizations", "attach_policy", PolicyId=made, TargetId=unit)
    call("attach twice", "organizations", "attach_policy", PolicyId=made, TargetId=unit)
    call("policies of unit", "organizations", "list_policies_for_target", TargetId=unit, Filter=SCP)
    call("targets", "organizations", "list_targets_for_policy", PolicyId=made)
    call("policies", "organizations", "list_policies", Filter=SCP)
    call("change", "organizations", "update_policy", PolicyId=made, Description="new")
    call("detach", "organizations", "detach_policy", PolicyId=made, TargetId=unit)
    call("detach twice", "organizations", "detach_policy", PolicyId=made, TargetId=unit)
    call("delete", "organizations", "delete_policy", PolicyId=made)
    call("no policy", "organizations", "describe_policy", PolicyId=made)
    call("AWS's", "organizations", "describe_policy", PolicyId="p-FullAWSAccess")
    made = call("another policy", "organizations", "create_policy", Type=SCP, Name="other", Description="d", Content=DENY, want="Policy.PolicySummary.Id")
    call("attach another", "organizations", "attach_policy", PolicyId=made, TargetId=unit)
    call("delete attached", "organizations", "delete_policy", PolicyId=made)


def delegation(call, member):
    service = "ssm.amazonaws.com"
    call("trust", "organizations", "enable_aws_service_access", ServicePrincipal=service)
    call("trusted", "organizations", "list_aws_service_access_for_organization")
    call("delegate", "organizations", "register_delegated_administrator", AccountId=member, ServicePrincipal=service)
    call("delegate twice", "organizations", "register_delegated_administrator", AccountId=member, ServicePrincipal=service)
    call("delegate to oneself", "organizations", "register_delegated_administrator", AccountId=ACCOUNT, ServicePrincipal=service)
    call("delegates", "organizations", "list_delegated_administrators")
    call("services", "organizations", "list_delegated_services_for_account", AccountId=member)
    call("relieve", "organizations", "deregister_delegated_administrator", AccountId=member, ServicePrincipal=service)
    call("relieve twice", "organizations", "deregister_delegated_administrator", AccountId=member, ServicePrincipal=service)


def directory(call, store):
    def ids(step, operation, want=None, **params):
        return call(step, "identitystore", operation, want=want, IdentityStoreId=store, **params)
    ada = {"UserName": "ada", "DisplayName": "Ada", "Name": {"GivenName": "Ada", "FamilyName": "Lovelace"},
           "Emails": [{"Value": "ada@example.com", "Type": "work", "Primary": True}]}
    user = ids("user", "create_user", "UserId", **ada)
    ids("user twice", "create_user", **ada)
    ids("nameless", "create_user", UserName="nameless")
    ids("look at user", "describe_user", UserId=user)
    ids("users", "list_users")
    ids("user by name", "list_users", Filters=[{"AttributePath": "UserName", "AttributeValue": "ada"}])
    ids("user's ID", "get_user_id", AlternateIdentifier={"UniqueAttribute": {"AttributePath": "userName", "AttributeValue": "ada"}})
    ids("nobody's ID", "get_user_id", AlternateIdentifier={"UniqueAttribute": {"AttributePath": "userName", "AttributeValue": "eve"}})
    group = ids("group", "create_group", "GroupId", DisplayName="makers", Description="d")
    ids("group twice", "create_group", DisplayName="makers")
    ids("look at group", "describe_group", GroupId=group)
    ids("groups", "list_groups")
    ids("group's ID", "get_group_id", AlternateIdentifier={"UniqueAttribute": {"AttributePath": "displayName", "AttributeValue": "makers"}})
    joined = ids("join", "create_group_membership", "MembershipId", GroupId=group, MemberId={"UserId": user})
    ids("join nothing", "create_group_membership", GroupId="00000000-0000-4000-8000-000000000000", MemberId={"UserId": user})
    ids("members", "list_group_memberships", GroupId=group)
    ids("memberships", "list_group_memberships_for_member", MemberId={"UserId": user})
    ids("join twice", "create_group_membership", GroupId=group, MemberId={"UserId": user})
    ids("part", "delete_group_membership", MembershipId=joined)
    return user, group


def center(call, instance, user, group):
    def sso(step, operation, want=None, **params):
        return call(step, "sso-admin", operation, want=want, InstanceArn=instance, **params)
    call("instances", "sso-admin", "list_instances")
    pset = sso("set", "create_permission_set", "PermissionSet.PermissionSetArn", Name="Reader", Description="d", SessionDuration="PT2H")
    at = {"PermissionSetArn": pset}
    sso("look at set", "describe_permission_set", **at)
    sso("sets", "list_permission_sets")
    sso("change set", "update_permission_set", **at, Description="new")
    sso("attach managed", "attach_managed_policy_to_permission_set", **at, ManagedPolicyArn=MANAGED)
    sso("attach managed twice", "attach_managed_policy_to_permission_set", **at, ManagedPolicyArn=MANAGED)
    sso("managed", "list_managed_policies_in_permission_set", **at)
    own = {"Name": "own", "Path": "/"}
    sso("attach own", "attach_customer_managed_policy_reference_to_permission_set", **at, CustomerManagedPolicyReference=own)
    sso("attach own twice", "attach_customer_managed_policy_reference_to_permission_set", **at, CustomerManagedPolicyReference=own)
    sso("own", "list_customer_managed_policy_references_in_permission_set", **at)
    sso("detach own", "detach_customer_managed_policy_reference_from_permission_set", **at, CustomerManagedPolicyReference=own)
    sso("detach own twice", "detach_customer_managed_policy_reference_from_permission_set", **at, CustomerManagedPolicyReference=own)
    sso("no inline", "get_inline_policy_for_permission_set", **at)
    sso("put inline", "put_inline_policy_to_permission_set", **at, InlinePolicy=DENY)
    sso("inline", "get_inline_policy_for_permission_set", **at)
    sso("delete inline", "delete_inline_policy_from_permission_set", **at)
    assigned = {**at, "TargetId": ACCOUNT, "TargetType": "AWS_ACCOUNT", "PrincipalType": "USER", "PrincipalId": user}
    begun = sso("assign", "create_account_assignment", "AccountAssignmentCreationStatus.RequestId", **assigned)
    time.sleep(0.1)
    sso("assigned", "describe_account_assignment_creation_status", AccountAssignmentCreationRequestId=begun)
    sso("assignments", "list_account_assignments", **at, AccountId=ACCOUNT)
    sso("assignments of user", "list_account_assignments_for_principal", PrincipalId=user, PrincipalType="USER")
    sso("withdraw", "delete_account_assignment", **assigned)
    time.sleep(0.1)
    sso("withdraw twice", "delete_account_assignment", **assigned)
    sso("delete set", "delete_permission_set", **at)
    sso("no set", "describe_permission_set", **at)
