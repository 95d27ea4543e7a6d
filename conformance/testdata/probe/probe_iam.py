"""IAM: what is written, and how it is read back."""
import json

from recorder import ACCOUNT

ARN = f"arn:aws:iam::{ACCOUNT}:"
METADATA = ('<?xml version="1.0"?><EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://idp.example.com">'
            '<!-- %s --></EntityDescriptor>' % ("x" * 1000))
TRUST = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
ALLOW = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]}
A, B = [{"Key": "a", "Value": "1"}], [{"Key": "b", "Value": "2"}]


def run(call):
    def iam(step, operation, want=None, **params):
        return call(step, "iam", operation, want=want, **params)
    own = iam("policy", "create_policy", "Policy.Arn", PolicyName="own", Path="/own/", PolicyDocument=json.dumps(ALLOW), Description="d", Tags=A)
    users(iam, own)
    groups(iam, own)
    roles(iam, own)
    managed(iam, own)
    credentials(iam)
    providers(iam)
    account(iam)


def users(iam, own):
    iam("user", "create_user", UserName="eve", Path="/probed/", Tags=A)
    iam("user twice", "create_user", UserName="eve")
    iam("bad name", "create_user", UserName="a b")
    iam("look at user", "get_user", UserName="eve")
    iam("nobody", "get_user", UserName="nobody")
    iam("users", "list_users", PathPrefix="/probed/")
    iam("tag user", "tag_user", UserName="eve", Tags=B)
    iam("untag user", "untag_user", UserName="eve", TagKeys=["a"])
    iam("user's tags", "list_user_tags", UserName="eve")
    given(iam, "user", "UserName", own)
    iam("rename user", "update_user", UserName="eve", NewUserName="eva", NewPath="/probed/more/")
    iam("look at renamed user", "get_user", UserName="eva")
    iam("delete user", "delete_user", UserName="eva")
    iam("delete user twice", "delete_user", UserName="eva")


def given(iam, kind, key, own):
    """What a user, group or role is given."""
    name = {key: "eve"}
    iam(f"put inline {kind}", f"put_{kind}_policy", **name, PolicyName="p", PolicyDocument=json.dumps(ALLOW))
    iam(f"inline {kind}", f"get_{kind}_policy", **name, PolicyName="p")
    iam(f"inlines {kind}", f"list_{kind}_policies", **name)
    iam(f"malformed {kind}", f"put_{kind}_policy", **name, PolicyName="q", PolicyDocument="{")
    iam(f"principal {kind}", f"put_{kind}_policy", **name, PolicyName="q", PolicyDocument=json.dumps(TRUST))
    iam(f"attach {kind}", f"attach_{kind}_policy", **name, PolicyArn=own)
    iam(f"attach none {kind}", f"attach_{kind}_policy", **name, PolicyArn=own + "none")
    iam(f"attached {kind}", f"list_attached_{kind}_policies", **name)
    if kind != "group":  # which moto deletes
        iam(f"delete held {kind}", f"delete_{kind}", **name)
    iam(f"detach {kind}", f"detach_{kind}_policy", **name, PolicyArn=own)
    iam(f"detach twice {kind}", f"detach_{kind}_policy", **name, PolicyArn=own)
    iam(f"delete inline {kind}", f"delete_{kind}_policy", **name, PolicyName="p")
    iam(f"no inline {kind}", f"get_{kind}_policy", **name, PolicyName="p")
    iam(f"delete inline twice {kind}", f"delete_{kind}_policy", **name, PolicyName="p")


def groups(iam, own):
    iam("group", "create_group", GroupName="eve", Path="/probed/")
    iam("group twice", "create_group", GroupName="eve")
    iam("groups", "list_groups", PathPrefix="/probed/")
    given(iam, "group", "GroupName", own)
    iam("member", "create_user", UserName="member")
    iam("join", "add_user_to_group", GroupName="eve", UserName="member")
    iam("join nothing", "add_user_to_group", GroupName="nothing", UserName="member")
    iam("members", "get_group", GroupName="eve")
    iam("groups of member", "list_groups_for_user", UserName="member")
    iam("rename group", "update_group", GroupName="eve", NewGroupName="eva")
    iam("look at renamed group", "get_group", GroupName="eva")
    iam("part", "remove_user_from_group", GroupName="eva", UserName="member")
    iam("part twice", "remove_user_from_group", GroupName="eva", UserName="member")
    iam("delete group", "delete_group", GroupName="eva")
    iam("no group", "get_group", GroupName="eva")


def roles(iam, own):
    trust = json.dumps(TRUST)
    iam("role", "create_role", RoleName="eve", Path="/probed/", AssumeRolePolicyDocument=trust, Description="d", MaxSessionDuration=7200, Tags=A)
    iam("role twice", "create_role", RoleName="eve", AssumeRolePolicyDocument=trust)
    iam("malformed trust", "create_role", RoleName="bad", AssumeRolePolicyDocument="{")
    iam("look at role", "get_role", RoleName="eve")
    iam("roles", "list_roles", PathPrefix="/probed/")
    iam("tag role", "tag_role", RoleName="eve", Tags=B)
    iam("untag role", "untag_role", RoleName="eve", TagKeys=["a"])
    iam("role's tags", "list_role_tags", RoleName="eve")
    given(iam, "role", "RoleName", own)
    iam("describe role", "update_role_description", RoleName="eve", Description="e")
    iam("change role", "update_role", RoleName="eve", Description="f", MaxSessionDuration=3600)
    iam("change trust", "update_assume_role_policy", RoleName="eve", PolicyDocument=trust.replace("ec2", "lambda"))
    iam("look at changed role", "get_role", RoleName="eve")
    iam("bound role", "put_role_permissions_boundary", RoleName="eve", PermissionsBoundary=own)
    iam("look at bound role", "get_role", RoleName="eve")
    iam("unbound role", "delete_role_permissions_boundary", RoleName="eve")
    iam("profile", "create_instance_profile", InstanceProfileName="eve", Path="/probed/", Tags=A)
    iam("profile twice", "create_instance_profile", InstanceProfileName="eve")
    iam("add role", "add_role_to_instance_profile", InstanceProfileName="eve", RoleName="eve")
    iam("add role twice", "add_role_to_instance_profile", InstanceProfileName="eve", RoleName="eve")
    iam("look at profile", "get_instance_profile", InstanceProfileName="eve")
    iam("profiles", "list_instance_profiles", PathPrefix="/probed/")
    iam("profiles of role", "list_instance_profiles_for_role", RoleName="eve")
    iam("delete role in profile", "delete_role", RoleName="eve")
    iam("delete profile with role", "delete_instance_profile", InstanceProfileName="eve")
    iam("remove role", "remove_role_from_instance_profile", InstanceProfileName="eve", RoleName="eve")
    iam("delete profile", "delete_instance_profile", InstanceProfileName="eve")
    iam("no profile", "get_instance_profile", InstanceProfileName="eve")
    iam("delete role", "delete_role", RoleName="eve")
    iam("no role", "get_role", RoleName="eve")
    iam("linked role", "create_service_linked_role", AWSServiceName="autoscaling.amazonaws.com", Description="d")
    iam("delete linked role", "delete_service_linked_role", RoleName="AWSServiceRoleForAutoScaling")


def managed(iam, own):
    iam("policy twice", "create_policy", PolicyName="own", Path="/own/", PolicyDocument=json.dumps(ALLOW))
    iam("malformed policy", "create_policy", PolicyName="bad", PolicyDocument="{")
    iam("look at policy", "get_policy", PolicyArn=own)
    iam("no policy", "get_policy", PolicyArn=own + "none")
    iam("policies", "list_policies", Scope="Local", PathPrefix="/own/")
    iam("version", "create_policy_version", PolicyArn=own, PolicyDocument=json.dumps(ALLOW), SetAsDefault=True)
    iam("look at version", "get_policy_version", PolicyArn=own, VersionId="v2")
    iam("no version", "get_policy_version", PolicyArn=own, VersionId="v9")
    iam("versions", "list_policy_versions", PolicyArn=own)
    iam("delete default", "delete_policy_version", PolicyArn=own, VersionId="v2")
    iam("default", "set_default_policy_version", PolicyArn=own, VersionId="v1")
    iam("delete version", "delete_policy_version", PolicyArn=own, VersionId="v2")
    for _ in range(4):
        iam("more versions", "create_policy_version", PolicyArn=own, PolicyDocument=json.dumps(ALLOW))
    iam("too many versions", "create_policy_version", PolicyArn=own, PolicyDocument=json.dumps(ALLOW))
    iam("tag policy", "tag_policy", PolicyArn=own, Tags=B)
    iam("untag policy", "untag_policy", PolicyArn=own, TagKeys=["a"])
    iam("policy's tags", "list_policy_tags", PolicyArn=own)
    iam("attach own", "attach_user_policy", UserName="member", PolicyArn=own)
    iam("entities", "list_entities_for_policy", PolicyArn=own)
    iam("detach own", "detach_user_policy", UserName="member", PolicyArn=own)
    for v in "v3", "v4", "v5", "v6":
        iam("delete versions", "delete_policy_version", PolicyArn=own, VersionId=v)
    iam("delete policy", "delete_policy", PolicyArn=own)


def credentials(iam):
    key = iam("key", "create_access_key", "AccessKey.AccessKeyId", UserName="member")
    second = iam("second key", "create_access_key", "AccessKey.AccessKeyId", UserName="member")
    iam("third key", "create_access_key", UserName="member")
    iam("disable key", "update_access_key", UserName="member", AccessKeyId=key, Status="Inactive")
    iam("keys", "list_access_keys", UserName="member")
    iam("use of key", "get_access_key_last_used", AccessKeyId=key)
    iam("delete key", "delete_access_key", UserName="member", AccessKeyId=key)
    iam("delete key twice", "delete_access_key", UserName="member", AccessKeyId=key)
    iam("delete second key", "delete_access_key", UserName="member", AccessKeyId=second)
    iam("login", "create_login_profile", UserName="member", Password="correct-Horse-7", PasswordResetRequired=True)
    iam("login twice", "create_login_profile", UserName="member", Password="correct-Horse-7")
    iam("change login", "update_login_profile", UserName="member", Password="other-Horse-8", PasswordResetRequired=False)
    iam("look at login", "get_login_profile", UserName="member")
    iam("delete login", "delete_login_profile", UserName="member")
    iam("no login", "get_login_profile", UserName="member")
    device = iam("device", "create_virtual_mfa_device", "VirtualMFADevice.SerialNumber", VirtualMFADeviceName="phone")
    iam("device twice", "create_virtual_mfa_device", VirtualMFADeviceName="phone")
    iam("enable", "enable_mfa_device", UserName="member", SerialNumber=device, AuthenticationCode1="123456", AuthenticationCode2="654321")
    iam("devices", "list_mfa_devices", UserName="member")
    iam("deactivate", "deactivate_mfa_device", UserName="member", SerialNumber=device)
    iam("spare devices", "list_virtual_mfa_devices", AssignmentStatus="Unassigned")
    iam("delete device", "delete_virtual_mfa_device", SerialNumber=device)


def providers(iam):
    saml = iam("SAML", "create_saml_provider", "SAMLProviderArn", Name="probed", SAMLMetadataDocument=METADATA, Tags=A)
    iam("SAML twice", "create_saml_provider", Name="probed", SAMLMetadataDocument=METADATA)
    iam("SAML nonsense", "create_saml_provider", Name="nonsense", SAMLMetadataDocument="x" * 1000)
    iam("change SAML", "update_saml_provider", SAMLProviderArn=saml, SAMLMetadataDocument=METADATA.replace("idp", "sso"))
    iam("look at SAML", "get_saml_provider", SAMLProviderArn=saml)
    iam("delete SAML", "delete_saml_provider", SAMLProviderArn=saml)
    iam("no SAML", "get_saml_provider", SAMLProviderArn=saml)
    oidc = iam("OIDC", "create_open_id_connect_provider", "OpenIDConnectProviderArn",
               Url="https://oidc.example.org", ClientIDList=["one"], ThumbprintList=["a" * 40], Tags=A)
    iam("OIDC twice", "create_open_id_connect_provider", Url="https://oidc.example.org", ThumbprintList=["a" * 40])
    iam("thumbprint", "update_open_id_connect_provider_thumbprint", OpenIDConnectProviderArn=oidc, ThumbprintList=["b" * 40])
    iam("tag OIDC", "tag_open_id_connect_provider", OpenIDConnectProviderArn=oidc, Tags=B)
    iam("OIDC's tags", "list_open_id_connect_provider_tags", OpenIDConnectProviderArn=oidc)
    iam("look at OIDC", "get_open_id_connect_provider", OpenIDConnectProviderArn=oidc)
    iam("delete OIDC", "delete_open_id_connect_provider", OpenIDConnectProviderArn=oidc)
    iam("no OIDC", "get_open_id_connect_provider", OpenIDConnectProviderArn=oidc)


def account(iam):
    iam("alias", "create_account_alias", AccountAlias="probed")
    iam("aliases", "list_account_aliases")
    iam("delete alias", "delete_account_alias", AccountAlias="probed")
    iam("password policy", "update_account_password_policy", MinimumPasswordLength=14, RequireSymbols=True)
    iam("look at password policy", "get_account_password_policy")
    iam("delete password policy", "delete_account_password_policy")
    iam("no password policy", "get_account_password_policy")
    iam("delete password policy twice", "delete_account_password_policy")
    iam("delete member", "delete_user", UserName="member")
