"""Identity Store: users, groups and who is in which."""
import unittest

from judge import Case, client

store = client("identitystore")
STORE = client("sso-admin").list_instances()["Instances"][0]["IdentityStoreId"]


def make_user(name, **more):
    return store.create_user(IdentityStoreId=STORE, UserName=name, DisplayName=name.title(), Name={"GivenName": name, "FamilyName": "Judge"},
                             Emails=[{"Value": name + "@example.com", "Type": "work", "Primary": True}], **more)["UserId"]


def make_group(name):
    return store.create_group(IdentityStoreId=STORE, DisplayName=name, Description="of " + name)["GroupId"]


def unique(path, value):
    return {"UniqueAttribute": {"AttributePath": path, "AttributeValue": value}}


class IdentityStore(Case):
    def test_user(self):
        ada = make_user("ada", Title="Countess", Addresses=[{"Country": "GB"}], Extensions={"aws:identitystore:enterprise": {"department": "Engines"}})
        got = store.describe_user(IdentityStoreId=STORE, UserId=ada, Extensions=["aws:identitystore:enterprise"])
        self.assertEqual((got["UserName"], got["Title"], got["Addresses"], got["UserStatus"]), ("ada", "Countess", [{"Country": "GB", "Primary": False}], "ENABLED"))
        self.assertEqual(got["Extensions"]["aws:identitystore:enterprise"], {"department": "Engines"})
        self.assertEqual(store.get_user_id(IdentityStoreId=STORE, AlternateIdentifier=unique("userName", "ada"))["UserId"], ada)
        self.assertEqual(store.get_user_id(IdentityStoreId=STORE, AlternateIdentifier=unique("emails.value", "ada@example.com"))["UserId"], ada)
        store.update_user(IdentityStoreId=STORE, UserId=ada, Operations=[
            {"AttributePath": "name.familyName", "AttributeValue": "Lovelace"}, {"AttributePath": "title"},
            {"AttributePath": "emails", "AttributeValue": [{"value": "countess@example.com", "primary": True}]}])
        got = store.describe_user(IdentityStoreId=STORE, UserId=ada)
        self.assertEqual((got["Name"]["FamilyName"], got["Emails"][0]["Value"]), ("Lovelace", "countess@example.com"))
        self.assertNotIn("Title", got)
        with self.refused("ConflictException", 400):
            make_user("ada")
        with self.refused("ValidationException", 400):
            store.create_user(IdentityStoreId=STORE, UserName="nameless")
        store.delete_user(IdentityStoreId=STORE, UserId=ada)
        with self.refused("ResourceNotFoundException", 400) as caught:
            store.describe_user(IdentityStoreId=STORE, UserId=ada)
        self.assertEqual(caught.exception.response["ResourceType"], "USER")

    def test_listings(self):
        made = {make_user("listed%d" % n) for n in range(5)}
        pages = list(store.get_paginator("list_users").paginate(IdentityStoreId=STORE, PaginationConfig={"PageSize": 2}))
        self.assertTrue(all(len(p["Users"]) <= 2 for p in pages))
        self.assertLessEqual(made, {u["UserId"] for p in pages for u in p["Users"]})
        one = store.list_users(IdentityStoreId=STORE, Filters=[{"AttributePath": "UserName", "AttributeValue": "listed3"}])["Users"]
        self.assertEqual([u["UserName"] for u in one], ["listed3"])
        with self.refused("ValidationException", 400):
            store.list_users(IdentityStoreId=STORE, Filters=[{"AttributePath": "Title", "AttributeValue": "x"}])

    def test_group(self):
        group = make_group("makers")
        self.assertEqual(store.describe_group(IdentityStoreId=STORE, GroupId=group)["Description"], "of makers")
        self.assertEqual(store.get_group_id(IdentityStoreId=STORE, AlternateIdentifier=unique("displayName", "makers"))["GroupId"], group)
        store.update_group(IdentityStoreId=STORE, GroupId=group, Operations=[{"AttributePath": "description", "AttributeValue": "new"}])
        found = store.list_groups(IdentityStoreId=STORE, Filters=[{"AttributePath": "DisplayName", "AttributeValue": "makers"}])["Groups"]
        self.assertEqual([(g["GroupId"], g["Description"]) for g in found], [(group, "new")])
        with self.refused("ConflictException", 400):
            make_group("makers")
        store.delete_group(IdentityStoreId=STORE, GroupId=group)
        with self.refused("ResourceNotFoundException", 400):
            store.describe_group(IdentityStoreId=STORE, GroupId=group)

    def test_memberships(self):
        user, group, other = make_user("joiner"), make_group("joined"), make_group("other")
        member = {"UserId": user}
        made = store.create_group_membership(IdentityStoreId=STORE, GroupId=group, MemberId=member)["MembershipId"]
        with self.refused("ConflictException", 400):
            store.create_group_membership(IdentityStoreId=STORE, GroupId=group, MemberId=member)
        self.assertEqual(store.describe_group_membership(IdentityStoreId=STORE, MembershipId=made)["MemberId"], member)
        self.assertEqual(store.get_group_membership_id(IdentityStoreId=STORE, GroupId=group, MemberId=member)["MembershipId"], made)
        self.assertEqual([m["MemberId"] for m in store.list_group_memberships(IdentityStoreId=STORE, GroupId=group)["GroupMemberships"]], [member])
        self.assertEqual([m["GroupId"] for m in store.list_group_memberships_for_member(IdentityStoreId=STORE, MemberId=member)["GroupMemberships"]], [group])
        told = store.is_member_in_groups(IdentityStoreId=STORE, MemberId=member, GroupIds=[group, other])["Results"]
        self.assertEqual({r["GroupId"]: r["MembershipExists"] for r in told}, {group: True, other: False})
        store.delete_group_membership(IdentityStoreId=STORE, MembershipId=made)
        with self.refused("ResourceNotFoundException", 400):
            store.describe_group_membership(IdentityStoreId=STORE, MembershipId=made)

    def test_other_store(self):
        with self.refused("ResourceNotFoundException", 400):
            store.list_users(IdentityStoreId="d-0000000000")


if __name__ == "__main__":
    unittest.main()
