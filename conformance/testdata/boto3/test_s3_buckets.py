"""Buckets and their settings: each is made, read, changed and removed."""
import json
import unittest

import boto3
from botocore import UNSIGNED
from botocore.config import Config

from judge import ACCOUNT, Case, client

s3 = client("s3")


class Buckets(Case):
    @classmethod
    def setUpClass(cls):
        s3.create_bucket(Bucket="settings", ObjectLockEnabledForBucket=False)

    def test_life(self):
        s3.create_bucket(Bucket="life", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        eu = client("s3", region_name="eu-west-1")
        self.assertEqual(eu.head_bucket(Bucket="life")["BucketRegion"], "eu-west-1")
        self.assertEqual(s3.get_bucket_location(Bucket="life")["LocationConstraint"], "eu-west-1")
        self.assertIsNone(s3.get_bucket_location(Bucket="settings")["LocationConstraint"])
        self.assertIn("life", [b["Name"] for b in s3.list_buckets()["Buckets"]])
        eu.put_object(Bucket="life", Key="a", Body=b"a")
        with self.refused("BucketNotEmpty", 409):
            eu.delete_bucket(Bucket="life")
        eu.delete_object(Bucket="life", Key="a")
        eu.delete_bucket(Bucket="life")
        with self.refused("404", 404):
            eu.head_bucket(Bucket="life")

    def test_anonymous(self):
        s3.create_bucket(Bucket="opened")
        s3.put_object(Bucket="opened", Key="x", Body=b"for all")
        document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::opened/*"}]}
        with self.refused("AccessDenied", 403):
            s3.put_bucket_policy(Bucket="opened", Policy=json.dumps(document))
        s3.delete_public_access_block(Bucket="opened")
        s3.put_bucket_policy(Bucket="opened", Policy=json.dumps(document))
        self.assertTrue(s3.get_bucket_policy_status(Bucket="opened")["PolicyStatus"]["IsPublic"])
        anybody = boto3.client("s3", config=Config(signature_version=UNSIGNED, s3={"addressing_style": "path"}))
        self.assertEqual(anybody.get_object(Bucket="opened", Key="x")["Body"].read(), b"for all")
        with self.refused("AccessDenied", 403):
            anybody.list_objects_v2(Bucket="opened")

    def test_list_pages(self):
        for i in range(5):
            s3.create_bucket(Bucket=f"page-{i}")
        first = s3.list_buckets(Prefix="page-", MaxBuckets=2)
        self.assertEqual([b["Name"] for b in first["Buckets"]], ["page-0", "page-1"])
        names = [b["Name"] for page in s3.get_paginator("list_buckets").paginate(
            Prefix="page-", PaginationConfig={"PageSize": 2}) for b in page["Buckets"]]
        self.assertEqual(names, [f"page-{i}" for i in range(5)])

    def test_names(self):
        with self.refused("BucketAlreadyOwnedByYou", 409):
            client("s3", region_name="eu-west-1").create_bucket(
                Bucket="settings", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        with self.refused("InvalidBucketName", 400):
            s3.create_bucket(Bucket="Under_Score")
        with self.refused("NoSuchBucket", 404):
            s3.list_objects_v2(Bucket="nowhere-to-be-found")

    def test_versioning(self):
        self.assertNotIn("Status", s3.get_bucket_versioning(Bucket="settings"))
        s3.put_bucket_versioning(Bucket="settings", VersioningConfiguration={"Status": "Suspended"})
        self.assertEqual(s3.get_bucket_versioning(Bucket="settings")["Status"], "Suspended")

    def test_tagging(self):
        with self.refused("NoSuchTagSet", 404):
            s3.get_bucket_tagging(Bucket="settings")
        tags = [{"Key": "team", "Value": "shop"}, {"Key": "ümlaut", "Value": "a b"}]
        s3.put_bucket_tagging(Bucket="settings", Tagging={"TagSet": tags})
        got = s3.get_bucket_tagging(Bucket="settings")["TagSet"]
        self.assertEqual(sorted(got, key=str), sorted(tags, key=str))
        s3.delete_bucket_tagging(Bucket="settings")
        with self.refused("NoSuchTagSet", 404):
            s3.get_bucket_tagging(Bucket="settings")

    def test_policy(self):
        with self.refused("NoSuchBucketPolicy", 404):
            s3.get_bucket_policy(Bucket="settings")
        document = {"Version": "2012-10-17", "Statement": [{
            "Sid": "own", "Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
            "Action": "s3:GetObject", "Resource": "arn:aws:s3:::settings/*"}]}
        s3.put_bucket_policy(Bucket="settings", Policy=json.dumps(document))
        self.assertEqual(json.loads(s3.get_bucket_policy(Bucket="settings")["Policy"]), document)
        self.assertFalse(s3.get_bucket_policy_status(Bucket="settings")["PolicyStatus"]["IsPublic"])
        with self.refused("MalformedPolicy", 400):
            s3.put_bucket_policy(Bucket="settings", Policy="{}")
        s3.delete_bucket_policy(Bucket="settings")
        with self.refused("NoSuchBucketPolicy", 404):
            s3.get_bucket_policy(Bucket="settings")

    def test_public_access_and_ownership(self):
        block = s3.get_public_access_block(Bucket="settings")["PublicAccessBlockConfiguration"]
        self.assertTrue(all(block.values()), "new buckets block public access")
        block["BlockPublicAcls"] = False
        s3.put_public_access_block(Bucket="settings", PublicAccessBlockConfiguration=block)
        self.assertEqual(s3.get_public_access_block(Bucket="settings")["PublicAccessBlockConfiguration"], block)
        s3.delete_public_access_block(Bucket="settings")
        with self.refused("NoSuchPublicAccessBlockConfiguration", 404):
            s3.get_public_access_block(Bucket="settings")
        rules = s3.get_bucket_ownership_controls(Bucket="settings")["OwnershipControls"]["Rules"]
        self.assertEqual(rules, [{"ObjectOwnership": "BucketOwnerEnforced"}])
        with self.refused("AccessControlListNotSupported", 400):
            s3.put_bucket_acl(Bucket="settings", ACL="public-read")
        s3.put_bucket_ownership_controls(Bucket="settings", OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]})
        s3.put_bucket_acl(Bucket="settings", ACL="authenticated-read")
        grants = s3.get_bucket_acl(Bucket="settings")["Grants"]
        self.assertEqual({g["Permission"] for g in grants}, {"FULL_CONTROL", "READ"})
        s3.delete_bucket_ownership_controls(Bucket="settings")
        with self.refused("OwnershipControlsNotFoundError", 404):
            s3.get_bucket_ownership_controls(Bucket="settings")

    def test_encryption(self):
        def algorithm():
            rules = s3.get_bucket_encryption(Bucket="settings")["ServerSideEncryptionConfiguration"]["Rules"]
            return rules[0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"]
        self.assertEqual(algorithm(), "AES256")
        s3.put_bucket_encryption(Bucket="settings", ServerSideEncryptionConfiguration={"Rules": [{
            "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "alias/judge"},
            "BucketKeyEnabled": True}]})
        self.assertEqual(algorithm(), "aws:kms")
        self.assertEqual(s3.put_object(Bucket="settings", Key="k", Body=b"")["ServerSideEncryption"], "aws:kms")
        s3.delete_bucket_encryption(Bucket="settings")
        self.assertEqual(algorithm(), "AES256", "the default comes back")

    def test_documents(self):
        """Settings that S3 keeps and gives back."""
        cases = [
            ("cors", "CORSConfiguration", {"CORSRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"], "MaxAgeSeconds": 60}]},
             "NoSuchCORSConfiguration"),
            ("website", "WebsiteConfiguration", {"IndexDocument": {"Suffix": "index.html"}, "ErrorDocument": {"Key": "error.html"}},
             "NoSuchWebsiteConfiguration"),
        ]
        for name, field, document, missing in cases:
            with self.subTest(name):
                get = getattr(s3, f"get_bucket_{name}")
                with self.refused(missing, 404):
                    get(Bucket="settings")
                getattr(s3, f"put_bucket_{name}")(Bucket="settings", **{field: document})
                got = get(Bucket="settings")
                got.pop("ResponseMetadata")
                self.assertEqual(got, document)
                getattr(s3, f"delete_bucket_{name}")(Bucket="settings")
                with self.refused(missing, 404):
                    get(Bucket="settings")

    def test_lifecycle(self):
        with self.refused("NoSuchLifecycleConfiguration", 404):
            s3.get_bucket_lifecycle_configuration(Bucket="settings")
        rules = [{"ID": "old", "Status": "Enabled", "Filter": {"Prefix": "log/"}, "Expiration": {"Days": 30}}]
        s3.put_bucket_lifecycle_configuration(Bucket="settings", LifecycleConfiguration={"Rules": rules})
        self.assertEqual(s3.get_bucket_lifecycle_configuration(Bucket="settings")["Rules"], rules)
        s3.delete_bucket_lifecycle(Bucket="settings")
        with self.refused("NoSuchLifecycleConfiguration", 404):
            s3.get_bucket_lifecycle_configuration(Bucket="settings")

    def test_replication(self):
        s3.create_bucket(Bucket="replicated")
        s3.create_bucket(Bucket="replica")
        with self.refused("ReplicationConfigurationNotFoundError", 404):
            s3.get_bucket_replication(Bucket="replicated")
        for bucket in ("replicated", "replica"):
            s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
        document = {"Role": f"arn:aws:iam::{ACCOUNT}:role/judge", "Rules": [{
            "ID": "all", "Priority": 1, "Status": "Enabled", "Filter": {"Prefix": ""},
            "DeleteMarkerReplication": {"Status": "Disabled"}, "Destination": {"Bucket": "arn:aws:s3:::replica"}}]}
        s3.put_bucket_replication(Bucket="replicated", ReplicationConfiguration=document)
        self.assertEqual(s3.get_bucket_replication(Bucket="replicated")["ReplicationConfiguration"], document)
        s3.delete_bucket_replication(Bucket="replicated")
        with self.refused("ReplicationConfigurationNotFoundError", 404):
            s3.get_bucket_replication(Bucket="replicated")

    def test_logging_acceleration_payment_notification(self):
        s3.create_bucket(Bucket="logged")
        self.assertNotIn("LoggingEnabled", s3.get_bucket_logging(Bucket="logged"))
        logging = {"LoggingEnabled": {"TargetBucket": "settings", "TargetPrefix": "log/"}}
        s3.put_bucket_logging(Bucket="logged", BucketLoggingStatus=logging)
        self.assertEqual(s3.get_bucket_logging(Bucket="logged")["LoggingEnabled"], logging["LoggingEnabled"])
        s3.put_bucket_accelerate_configuration(Bucket="logged", AccelerateConfiguration={"Status": "Enabled"})
        self.assertEqual(s3.get_bucket_accelerate_configuration(Bucket="logged")["Status"], "Enabled")
        self.assertEqual(s3.get_bucket_request_payment(Bucket="logged")["Payer"], "BucketOwner")
        s3.put_bucket_request_payment(Bucket="logged", RequestPaymentConfiguration={"Payer": "Requester"})
        self.assertEqual(s3.get_bucket_request_payment(Bucket="logged")["Payer"], "Requester")
        s3.put_bucket_notification_configuration(Bucket="logged", NotificationConfiguration={"EventBridgeConfiguration": {}})
        self.assertIn("EventBridgeConfiguration", s3.get_bucket_notification_configuration(Bucket="logged"))

    def test_object_lock(self):
        with self.refused("ObjectLockConfigurationNotFoundError", 404):
            s3.get_object_lock_configuration(Bucket="settings")
        s3.create_bucket(Bucket="locked", ObjectLockEnabledForBucket=True)
        s3.put_object_lock_configuration(Bucket="locked", ObjectLockConfiguration={
            "ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}}})
        got = s3.get_object_lock_configuration(Bucket="locked")["ObjectLockConfiguration"]
        self.assertEqual(got["Rule"]["DefaultRetention"], {"Mode": "GOVERNANCE", "Days": 1})
        version = s3.put_object(Bucket="locked", Key="k", Body=b"k")["VersionId"]
        self.assertEqual(s3.get_object_retention(Bucket="locked", Key="k")["Retention"]["Mode"], "GOVERNANCE")
        with self.refused("AccessDenied", 403):
            s3.delete_object(Bucket="locked", Key="k", VersionId=version)
        s3.put_object_retention(Bucket="locked", Key="k", Retention={}, BypassGovernanceRetention=True)
        s3.put_object_legal_hold(Bucket="locked", Key="k", LegalHold={"Status": "ON"})
        self.assertEqual(s3.get_object_legal_hold(Bucket="locked", Key="k")["LegalHold"]["Status"], "ON")
        with self.refused("AccessDenied", 403):
            s3.delete_object(Bucket="locked", Key="k", VersionId=version)
        s3.put_object_legal_hold(Bucket="locked", Key="k", LegalHold={"Status": "OFF"})
        s3.delete_object(Bucket="locked", Key="k", VersionId=version)


if __name__ == "__main__":
    unittest.main()
