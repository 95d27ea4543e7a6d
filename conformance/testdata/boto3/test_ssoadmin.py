"""Identity Center: permission sets, what is assigned, applications."""
import json
import time
import unittest

from judge import ACCOUNT, Case, client

sso, store = client("sso-admin"), client("identitystore")
INSTANCE = sso.list_instances()["Instances"][0]
ARN, STORE = INSTANCE["InstanceArn"], INSTANCE["IdentityStoreId"]
READ = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]})
MANAGED = "arn:aws:iam::aws:policy/ReadOnlyAccess"


def make_set(name, **more):
    return sso.create_permission_set(InstanceArn=ARN, Name=name, **more)["PermissionSet"]["PermissionSetArn"]


def make_user(name):
    return store.create_user(IdentityStoreId=STORE, UserName=name, DisplayName=name, Name={"GivenName": name, "FamilyName": "Judge"})["UserId"]


def ended(look):
    """Looks until what was begun has ended."""
    for _ in range(200):
        status = look()
        if status["Status"] != "IN_PROGRESS":
            return status
        time.sleep(0.02)


class IdentityCenter(Case):
    def assign(self, pset, user):
        began = sso.create_account_assignment(InstanceArn=ARN, PermissionSetArn=pset, PrincipalId=user, PrincipalType="USER",
                                              TargetId=ACCOUNT, TargetType="AWS_ACCOUNT")["AccountAssignmentCreationStatus"]
        self.assertEqual(began["Status"], "IN_PROGRESS")
        return ended(lambda: sso.describe_account_assignment_creation_status(
            InstanceArn=ARN, AccountAssignmentCreationRequestId=began["RequestId"])["AccountAssignmentCreationStatus"])

    def test_instance(self):
        self.assertRegex(ARN, r"^arn:aws:sso:::instance/ssoins-[0-9a-f]{16}$")
        self.assertRegex(STORE, r"^d-[0-9a-f]{10}$")
        sso.update_instance(InstanceArn=ARN, Name="judged")
        got = sso.describe_instance(InstanceArn=ARN)
        self.assertEqual((got["OwnerAccountId"], got["Status"], got["Name"]), (ACCOUNT, "ACTIVE", "judged"))
        self.assertEqual(client("sso-admin", region_name="eu-west-1").list_instances()["Instances"], [])
        with self.refused("AccessDeniedException", 400):
            client("sso-admin", region_name="eu-west-1").list_permission_sets(InstanceArn=ARN)

    def test_permission_set(self):
        pset = make_set("Reader", Description="reads", SessionDuration="PT2H", RelayState="https://example.com", Tags=[{"Key": "a", "Value": "1"}])
        self.assertRegex(pset, r"^arn:aws:sso:::permissionSet/ssoins-[0-9a-f]{16}/ps-[0-9a-f]{16}$")
        sso.update_permission_set(InstanceArn=ARN, PermissionSetArn=pset, SessionDuration="PT4H")
        got = sso.describe_permission_set(InstanceArn=ARN, PermissionSetArn=pset)["PermissionSet"]
        self.assertEqual((got["Name"], got["Description"], got["SessionDuration"], got["RelayState"]), ("Reader", "reads", "PT4H", "https://example.com"))
        self.assertIn(pset, [p for page in sso.get_paginator("list_permission_sets").paginate(InstanceArn=ARN, PaginationConfig={"PageSize": 1}) for p in page["PermissionSets"]])
        sso.tag_resource(InstanceArn=ARN, ResourceArn=pset, Tags=[{"Key": "b", "Value": "2"}])
        sso.untag_resource(InstanceArn=ARN, ResourceArn=pset, TagKeys=["a"])
        self.assertEqual(sso.list_tags_for_resource(InstanceArn=ARN, ResourceArn=pset)["Tags"], [{"Key": "b", "Value": "2"}])
        with self.refused("ConflictException", 400):
            make_set("Reader")
        with self.refused("ValidationException", 400):
            make_set("Long", SessionDuration="PT13H")
        sso.delete_permission_set(InstanceArn=ARN, PermissionSetArn=pset)
        with self.refused("ResourceNotFoundException", 400):
            sso.describe_permission_set(InstanceArn=ARN, PermissionSetArn=pset)

    def test_policies(self):
        at = {"InstanceArn": ARN, "PermissionSetArn": make_set("Policies")}
        sso.attach_managed_policy_to_permission_set(**at, ManagedPolicyArn=MANAGED)
        self.assertEqual(sso.list_managed_policies_in_permission_set(**at)["AttachedManagedPolicies"], [{"Name": "ReadOnlyAccess", "Arn": MANAGED}])
        with self.refused("ConflictException", 400):
            sso.attach_managed_policy_to_permission_set(**at, ManagedPolicyArn=MANAGED)
        sso.detach_managed_policy_from_permission_set(**at, ManagedPolicyArn=MANAGED)
        self.assertEqual(sso.get_inline_policy_for_permission_set(**at)["InlinePolicy"], "")
        sso.put_inline_policy_to_permission_set(**at, InlinePolicy=READ)
        self.assertEqual(sso.get_inline_policy_for_permission_set(**at)["InlinePolicy"], READ)
        sso.delete_inline_policy_from_permission_set(**at)
        own = {"Name": "own", "Path": "/team/"}
        sso.attach_customer_managed_policy_reference_to_permission_set(**at, CustomerManagedPolicyReference=own)
        self.assertEqual(sso.list_customer_managed_policy_references_in_permission_set(**at)["CustomerManagedPolicyReferences"], [own])
        sso.detach_customer_managed_policy_reference_from_permission_set(**at, CustomerManagedPolicyReference=own)
        with self.refused("ResourceNotFoundException", 400):
            sso.get_permissions_boundary_for_permission_set(**at)
        sso.put_permissions_boundary_to_permission_set(**at, PermissionsBoundary={"ManagedPolicyArn": MANAGED})
        self.assertEqual(sso.get_permissions_boundary_for_permission_set(**at)["PermissionsBoundary"], {"ManagedPolicyArn": MANAGED})
        sso.delete_permissions_boundary_from_permission_set(**at)
        with self.refused("ValidationException", 400):
            sso.put_inline_policy_to_permission_set(**at, InlinePolicy="{}")

    def test_assignment(self):
        user, pset = make_user("assigned"), make_set("Assigned")
        done = self.assign(pset, user)
        self.assertEqual((done["Status"], done["TargetId"], done["PrincipalId"]), ("SUCCEEDED", ACCOUNT, user))
        listed = sso.list_account_assignments(InstanceArn=ARN, AccountId=ACCOUNT, PermissionSetArn=pset)["AccountAssignments"]
        self.assertEqual(listed, [{"AccountId": ACCOUNT, "PermissionSetArn": pset, "PrincipalType": "USER", "PrincipalId": user}])
        mine = sso.list_account_assignments_for_principal(InstanceArn=ARN, PrincipalId=user, PrincipalType="USER")["AccountAssignments"]
        self.assertEqual([(a["AccountId"], a["PermissionSetArn"]) for a in mine], [(ACCOUNT, pset)])
        self.assertIn(done["RequestId"], [s["RequestId"] for s in sso.list_account_assignment_creation_status(InstanceArn=ARN, Filter={"Status": "SUCCEEDED"})["AccountAssignmentsCreationStatus"]])
        with self.refused("ConflictException", 400):
            sso.delete_permission_set(InstanceArn=ARN, PermissionSetArn=pset)
        gone = sso.delete_account_assignment(InstanceArn=ARN, PermissionSetArn=pset, PrincipalId=user, PrincipalType="USER",
                                             TargetId=ACCOUNT, TargetType="AWS_ACCOUNT")["AccountAssignmentDeletionStatus"]
        ended(lambda: sso.describe_account_assignment_deletion_status(
            InstanceArn=ARN, AccountAssignmentDeletionRequestId=gone["RequestId"])["AccountAssignmentDeletionStatus"])
        self.assertIn(gone["RequestId"], [s["RequestId"] for s in sso.list_account_assignment_deletion_status(InstanceArn=ARN)["AccountAssignmentsDeletionStatus"]])
        self.assertEqual(sso.list_account_assignments(InstanceArn=ARN, AccountId=ACCOUNT, PermissionSetArn=pset)["AccountAssignments"], [])

    def test_assignment_of_nobody(self):
        done = self.assign(make_set("Nobody"), "00000000-0000-4000-8000-000000000000")
        self.assertEqual(done["Status"], "FAILED")
        self.assertIn("404", done["FailureReason"])

    def test_provisioning(self):
        pset = make_set("Provisioned")
        self.assign(pset, make_user("provisioned"))
        old = {"InstanceArn": ARN, "ProvisioningStatus": "LATEST_PERMISSION_SET_NOT_PROVISIONED"}
        sso.put_inline_policy_to_permission_set(InstanceArn=ARN, PermissionSetArn=pset, InlinePolicy=READ)
        self.assertEqual(sso.list_accounts_for_provisioned_permission_set(**old, PermissionSetArn=pset)["AccountIds"], [ACCOUNT])
        self.assertIn(pset, sso.list_permission_sets_provisioned_to_account(**old, AccountId=ACCOUNT)["PermissionSets"])
        began = sso.provision_permission_set(InstanceArn=ARN, PermissionSetArn=pset, TargetType="ALL_PROVISIONED_ACCOUNTS")["PermissionSetProvisioningStatus"]
        done = ended(lambda: sso.describe_permission_set_provisioning_status(
            InstanceArn=ARN, ProvisionPermissionSetRequestId=began["RequestId"])["PermissionSetProvisioningStatus"])
        self.assertEqual(done["Status"], "SUCCEEDED")
        self.assertIn(began["RequestId"], [s["RequestId"] for s in sso.list_permission_set_provisioning_status(InstanceArn=ARN)["PermissionSetsProvisioningStatus"]])
        self.assertEqual(sso.list_accounts_for_provisioned_permission_set(**old, PermissionSetArn=pset)["AccountIds"], [])

    def test_application(self):
        user = make_user("applicant")
        app = sso.create_application(InstanceArn=ARN, Name="app", ApplicationProviderArn="arn:aws:sso::aws:applicationProvider/custom")["ApplicationArn"]
        sso.update_application(ApplicationArn=app, Description="new", Status="DISABLED")
        got = sso.describe_application(ApplicationArn=app)
        self.assertEqual((got["Name"], got["Description"], got["Status"], got["ApplicationAccount"]), ("app", "new", "DISABLED", ACCOUNT))
        self.assertEqual([a["ApplicationArn"] for a in sso.list_applications(InstanceArn=ARN, Filter={"ApplicationAccount": ACCOUNT})["Applications"]], [app])
        who = {"PrincipalId": user, "PrincipalType": "USER"}
        sso.create_application_assignment(ApplicationArn=app, **who)
        self.assertEqual(sso.describe_application_assignment(ApplicationArn=app, **who)["PrincipalId"], user)
        self.assertEqual(sso.list_application_assignments(ApplicationArn=app)["ApplicationAssignments"], [{"ApplicationArn": app, **who}])
        self.assertEqual(sso.list_application_assignments_for_principal(InstanceArn=ARN, **who)["ApplicationAssignments"], [{"ApplicationArn": app, **who}])
        sso.delete_application_assignment(ApplicationArn=app, **who)
        with self.refused("ResourceNotFoundException", 400):
            sso.describe_application_assignment(ApplicationArn=app, **who)
        sso.put_application_assignment_configuration(ApplicationArn=app, AssignmentRequired=False)
        self.assertFalse(sso.get_application_assignment_configuration(ApplicationArn=app)["AssignmentRequired"])
        sso.delete_application(ApplicationArn=app)

    def test_issuer(self):
        oidc = {"IssuerUrl": "https://tokens.example.com", "ClaimAttributePath": "email", "IdentityStoreAttributePath": "emails.value",
                "JwksRetrievalOption": "OPEN_ID_DISCOVERY"}
        arn = sso.create_trusted_token_issuer(InstanceArn=ARN, Name="tokens", TrustedTokenIssuerType="OIDC_JWT",
                                              TrustedTokenIssuerConfiguration={"OidcJwtConfiguration": oidc})["TrustedTokenIssuerArn"]
        sso.update_trusted_token_issuer(TrustedTokenIssuerArn=arn, TrustedTokenIssuerConfiguration={"OidcJwtConfiguration": {"ClaimAttributePath": "sub"}})
        got = sso.describe_trusted_token_issuer(TrustedTokenIssuerArn=arn)
        self.assertEqual(got["TrustedTokenIssuerConfiguration"]["OidcJwtConfiguration"], {**oidc, "ClaimAttributePath": "sub"})
        self.assertEqual([t["Name"] for t in sso.list_trusted_token_issuers(InstanceArn=ARN)["TrustedTokenIssuers"]], ["tokens"])
        sso.delete_trusted_token_issuer(TrustedTokenIssuerArn=arn)


if __name__ == "__main__":
    unittest.main()
