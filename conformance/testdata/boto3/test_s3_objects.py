"""Objects: content, versions, ranges, conditions, copies, tags, uploads in parts."""
import base64
import functools
import hashlib
import io
import os
import unittest
import urllib.request
import zlib

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config

from judge import Case, client

s3 = client("s3")
BUCKET = "objects"


def keys(page, field="Contents"):
    return [o["Key"] for o in page.get(field, [])]


class Objects(Case):
    @classmethod
    def setUpClass(cls):
        s3.create_bucket(Bucket=BUCKET)

    def put(self, key, body=b"hello", **kwargs):
        return s3.put_object(Bucket=BUCKET, Key=key, Body=body, **kwargs)

    def test_life(self):
        put = self.put("life/ä +&?.txt", ContentType="text/x-judge", Metadata={"who": "judge"}, StorageClass="STANDARD_IA",
                       CacheControl="no-store", Tagging="a=1&b=2")
        self.assertEqual(put["ETag"], '"%s"' % hashlib.md5(b"hello").hexdigest())
        got = s3.get_object(Bucket=BUCKET, Key="life/ä +&?.txt")
        self.assertEqual(got["Body"].read(), b"hello")
        head = s3.head_object(Bucket=BUCKET, Key="life/ä +&?.txt")
        for answer in (got, head):
            self.assertEqual((answer["ContentType"], answer["Metadata"], answer["StorageClass"], answer["CacheControl"], answer["ContentLength"]),
                             ("text/x-judge", {"who": "judge"}, "STANDARD_IA", "no-store", 5))
        self.assertEqual(got["TagCount"], 2)
        s3.delete_object(Bucket=BUCKET, Key="life/ä +&?.txt")
        with self.refused("NoSuchKey", 404):
            s3.get_object(Bucket=BUCKET, Key="life/ä +&?.txt")
        with self.refused("404", 404):
            s3.head_object(Bucket=BUCKET, Key="life/ä +&?.txt")

    def test_ranges(self):
        self.put("range", b"0123456789")
        for text, want in (("bytes=2-4", b"234"), ("bytes=7-", b"789"), ("bytes=-2", b"89"), ("bytes=5-100", b"56789")):
            got = s3.get_object(Bucket=BUCKET, Key="range", Range=text)
            self.assertEqual((got["Body"].read(), got["ResponseMetadata"]["HTTPStatusCode"]), (want, 206))
        with self.refused("InvalidRange", 416):
            s3.get_object(Bucket=BUCKET, Key="range", Range="bytes=10-")

    def test_conditions(self):
        self.put("source", b"copied")
        etag = self.put("if")["ETag"]
        with self.refused("PreconditionFailed", 412):
            self.put("if", IfNoneMatch="*")
        self.put("if", IfMatch=etag)
        with self.refused("PreconditionFailed", 412):
            self.put("if", IfMatch='"0"')
        with self.refused("304", 304):
            s3.get_object(Bucket=BUCKET, Key="if", IfNoneMatch=etag)
        with self.refused("PreconditionFailed", 412):
            s3.get_object(Bucket=BUCKET, Key="if", IfMatch='"0"')
        with self.refused("PreconditionFailed", 412):
            s3.copy_object(Bucket=BUCKET, Key="if", CopySource=f"{BUCKET}/source", IfMatch='"0"')
        with self.refused("PreconditionFailed", 412):
            s3.copy_object(Bucket=BUCKET, Key="if", CopySource=f"{BUCKET}/source", IfNoneMatch="*")
        etag = s3.copy_object(Bucket=BUCKET, Key="if", CopySource=f"{BUCKET}/source", IfMatch=etag)["CopyObjectResult"]["ETag"]
        for condition, want in (({"IfMatch": '"0"'}, "PreconditionFailed"), ({"IfNoneMatch": "*"}, "PreconditionFailed"), ({"IfMatch": etag}, None)):
            upload = {"Bucket": BUCKET, "Key": "if", "UploadId": s3.create_multipart_upload(Bucket=BUCKET, Key="if")["UploadId"]}
            part = {"PartNumber": 1, "ETag": s3.upload_part(**upload, PartNumber=1, Body=b"part")["ETag"]}
            complete = functools.partial(s3.complete_multipart_upload, **upload, MultipartUpload={"Parts": [part]}, **condition)
            if want:
                with self.refused(want, 412):
                    complete()
                s3.abort_multipart_upload(**upload)
            else:
                etag = complete()["ETag"]
        modified = s3.head_object(Bucket=BUCKET, Key="if")["LastModified"]
        with self.refused("304", 304):
            s3.head_object(Bucket=BUCKET, Key="if", IfModifiedSince=modified)
        with self.refused("PreconditionFailed", 412):
            s3.delete_object(Bucket=BUCKET, Key="if", IfMatch='"0"')
        s3.delete_object(Bucket=BUCKET, Key="if", IfMatch=etag)
        with self.refused("NoSuchKey", 404):
            s3.delete_object(Bucket=BUCKET, Key="if", IfMatch=etag)

    def test_checksums(self):
        sums = {
            "CRC32": zlib.crc32(b"sum").to_bytes(4, "big"),
            "SHA1": hashlib.sha1(b"sum").digest(), "SHA256": hashlib.sha256(b"sum").digest(),
        }
        for name, digest in sums.items():
            want = base64.b64encode(digest).decode()
            with self.subTest(name):
                self.put("sum", b"sum", ChecksumAlgorithm=name)
                got = s3.head_object(Bucket=BUCKET, Key="sum", ChecksumMode="ENABLED")
                self.assertEqual(got["Checksum" + name], want)
                attributes = s3.get_object_attributes(Bucket=BUCKET, Key="sum", ObjectAttributes=["Checksum", "ObjectSize", "ETag"])
                self.assertEqual((attributes["Checksum"]["Checksum" + name], attributes["ObjectSize"]), (want, 3))
        with self.refused("BadDigest", 400):
            self.put("sum", b"sum", ChecksumSHA256=base64.b64encode(hashlib.sha256(b"mus").digest()).decode())
        with self.refused("BadDigest", 400):
            self.put("sum", b"sum", ContentMD5=base64.b64encode(hashlib.md5(b"mus").digest()).decode())

    def test_listing(self):
        for key in ("list/a", "list/b/1", "list/b/2", "list/c", "list/d/3", "list/ü"):
            self.put(key)
        page = s3.list_objects_v2(Bucket=BUCKET, Prefix="list/", Delimiter="/")
        self.assertEqual(keys(page), ["list/a", "list/c", "list/ü"])
        self.assertEqual([p["Prefix"] for p in page["CommonPrefixes"]], ["list/b/", "list/d/"])
        for name in ("list_objects_v2", "list_objects"):
            with self.subTest(name):
                pages = list(s3.get_paginator(name).paginate(Bucket=BUCKET, Prefix="list/", PaginationConfig={"PageSize": 4}))
                self.assertEqual([len(p["Contents"]) for p in pages], [4, 2])
                self.assertEqual([k for p in pages for k in keys(p)], ["list/a", "list/b/1", "list/b/2", "list/c", "list/d/3", "list/ü"])
        self.assertEqual(keys(s3.list_objects_v2(Bucket=BUCKET, Prefix="list/", StartAfter="list/c")), ["list/d/3", "list/ü"])
        self.assertEqual(s3.list_objects_v2(Bucket=BUCKET, Prefix="none/")["KeyCount"], 0)

    def test_copies(self):
        self.put("copy/from", b"copied", Metadata={"n": "1"}, Tagging="t=1")
        s3.copy_object(Bucket=BUCKET, Key="copy/to", CopySource=f"{BUCKET}/copy/from")
        self.assertEqual(s3.head_object(Bucket=BUCKET, Key="copy/to")["Metadata"], {"n": "1"})
        self.assertEqual(s3.get_object_tagging(Bucket=BUCKET, Key="copy/to")["TagSet"], [{"Key": "t", "Value": "1"}])
        s3.copy_object(Bucket=BUCKET, Key="copy/to", CopySource=f"{BUCKET}/copy/from", MetadataDirective="REPLACE", Metadata={"n": "2"})
        self.assertEqual(s3.head_object(Bucket=BUCKET, Key="copy/to")["Metadata"], {"n": "2"})
        with self.refused("InvalidRequest", 400):
            s3.copy_object(Bucket=BUCKET, Key="copy/from", CopySource=f"{BUCKET}/copy/from")
        with self.refused("NoSuchKey", 404):
            s3.copy_object(Bucket=BUCKET, Key="copy/to", CopySource=f"{BUCKET}/copy/none")

    def test_tags(self):
        self.put("tags")
        tags = [{"Key": "k", "Value": "v"}]
        s3.put_object_tagging(Bucket=BUCKET, Key="tags", Tagging={"TagSet": tags})
        self.assertEqual(s3.get_object_tagging(Bucket=BUCKET, Key="tags")["TagSet"], tags)
        s3.delete_object_tagging(Bucket=BUCKET, Key="tags")
        self.assertEqual(s3.get_object_tagging(Bucket=BUCKET, Key="tags")["TagSet"], [])

    def test_acl(self):
        self.put("acl")
        self.assertEqual(s3.get_object_acl(Bucket=BUCKET, Key="acl")["Grants"][0]["Permission"], "FULL_CONTROL")
        with self.refused("AccessControlListNotSupported", 400):
            s3.put_object_acl(Bucket=BUCKET, Key="acl", ACL="public-read")

    def test_delete_many(self):
        for i in range(3):
            self.put(f"many/{i}")
        got = s3.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": f"many/{i}"} for i in range(4)]})
        self.assertEqual(len(got["Deleted"]), 4, "deleting what is not there succeeds")
        self.assertEqual(s3.list_objects_v2(Bucket=BUCKET, Prefix="many/")["KeyCount"], 0)

    def test_versions(self):
        s3.create_bucket(Bucket="versions")
        s3.put_bucket_versioning(Bucket="versions", VersioningConfiguration={"Status": "Enabled"})
        one = s3.put_object(Bucket="versions", Key="k", Body=b"1")["VersionId"]
        two = s3.put_object(Bucket="versions", Key="k", Body=b"2")["VersionId"]
        self.assertEqual(s3.get_object(Bucket="versions", Key="k", VersionId=one)["Body"].read(), b"1")
        marker = s3.delete_object(Bucket="versions", Key="k")
        self.assertTrue(marker["DeleteMarker"])
        with self.refused("NoSuchKey", 404) as caught:
            s3.get_object(Bucket="versions", Key="k")
        self.assertEqual(caught.exception.response["ResponseMetadata"]["HTTPHeaders"]["x-amz-delete-marker"], "true")
        with self.refused("MethodNotAllowed", 405):
            s3.get_object(Bucket="versions", Key="k", VersionId=marker["VersionId"])
        listed = s3.list_object_versions(Bucket="versions")
        self.assertEqual([v["VersionId"] for v in listed["Versions"]], [two, one])
        self.assertEqual([m["VersionId"] for m in listed["DeleteMarkers"]], [marker["VersionId"]])
        s3.delete_object(Bucket="versions", Key="k", VersionId=marker["VersionId"])
        self.assertEqual(s3.get_object(Bucket="versions", Key="k")["Body"].read(), b"2")
        with self.refused("NoSuchVersion", 404):
            s3.get_object(Bucket="versions", Key="k", VersionId=marker["VersionId"])

    def test_parts(self):
        first, second = os.urandom(5 << 20), b"the rest"
        upload = s3.create_multipart_upload(Bucket=BUCKET, Key="parts", Metadata={"in": "parts"})["UploadId"]
        self.assertEqual(keys(s3.list_multipart_uploads(Bucket=BUCKET), "Uploads"), ["parts"])
        parts = [{"PartNumber": n, "ETag": s3.upload_part(Bucket=BUCKET, Key="parts", UploadId=upload, PartNumber=n, Body=body)["ETag"]}
                 for n, body in ((1, first), (2, second))]
        self.assertEqual([p["Size"] for p in s3.list_parts(Bucket=BUCKET, Key="parts", UploadId=upload)["Parts"]], [5 << 20, 8])
        with self.refused("InvalidPart", 400):
            s3.complete_multipart_upload(Bucket=BUCKET, Key="parts", UploadId=upload, MultipartUpload={"Parts": [{"PartNumber": 3, "ETag": "x"}]})
        with self.refused("InvalidPartOrder", 400):
            s3.complete_multipart_upload(Bucket=BUCKET, Key="parts", UploadId=upload, MultipartUpload={"Parts": parts[::-1]})
        done = s3.complete_multipart_upload(Bucket=BUCKET, Key="parts", UploadId=upload, MultipartUpload={"Parts": parts})
        digests = hashlib.md5(first).digest() + hashlib.md5(second).digest()
        self.assertEqual(done["ETag"], '"%s-2"' % hashlib.md5(digests).hexdigest())
        self.assertEqual(s3.get_object(Bucket=BUCKET, Key="parts", PartNumber=2)["Body"].read(), second)
        head = s3.head_object(Bucket=BUCKET, Key="parts")
        self.assertEqual((head["ContentLength"], head["Metadata"]), ((5 << 20) + 8, {"in": "parts"}))

    def test_parts_copied_and_aborted(self):
        self.put("part-source", b"x" * 100)
        upload = s3.create_multipart_upload(Bucket=BUCKET, Key="part-copy")["UploadId"]
        copied = s3.upload_part_copy(Bucket=BUCKET, Key="part-copy", UploadId=upload, PartNumber=1,
                                     CopySource=f"{BUCKET}/part-source", CopySourceRange="bytes=0-9")
        self.assertEqual(copied["CopyPartResult"]["ETag"], '"%s"' % hashlib.md5(b"x" * 10).hexdigest())
        s3.abort_multipart_upload(Bucket=BUCKET, Key="part-copy", UploadId=upload)
        with self.refused("NoSuchUpload", 404):
            s3.list_parts(Bucket=BUCKET, Key="part-copy", UploadId=upload)

    def test_transfer(self):
        body = os.urandom(20 << 20)
        config = TransferConfig(multipart_threshold=5 << 20, multipart_chunksize=5 << 20)
        s3.upload_fileobj(io.BytesIO(body), BUCKET, "transfer", Config=config)
        got = io.BytesIO()
        s3.download_fileobj(BUCKET, "transfer", got, Config=config)
        self.assertEqual(hashlib.sha256(got.getvalue()).digest(), hashlib.sha256(body).digest())

    def test_restore(self):
        self.put("cold", StorageClass="GLACIER")
        with self.refused("InvalidObjectState", 403):
            s3.get_object(Bucket=BUCKET, Key="cold")
        s3.restore_object(Bucket=BUCKET, Key="cold", RestoreRequest={"Days": 1, "GlacierJobParameters": {"Tier": "Expedited"}})
        self.assertIn("ongoing-request", s3.head_object(Bucket=BUCKET, Key="cold")["Restore"])

    def test_presigned(self):
        self.put("presigned", b"by link")
        # boto3 signs links by version 2 unless told; S3 takes that for buckets from before June 2020 alone.
        url = boto3.client("s3", config=Config(signature_version="s3v4")).generate_presigned_url("get_object", Params={"Bucket": BUCKET, "Key": "presigned"}, ExpiresIn=60)
        with urllib.request.urlopen(url) as answer:
            self.assertEqual(answer.read(), b"by link")

    def test_other_region(self):
        other = client("s3", region_name="eu-central-1")
        self.put("elsewhere", b"found")
        got = other.get_object(Bucket=BUCKET, Key="elsewhere")
        self.assertEqual(got["Body"].read(), b"found", "boto3 follows S3's redirect")


if __name__ == "__main__":
    unittest.main()
