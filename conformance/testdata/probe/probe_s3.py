"""S3: buckets, objects, listings, conditions, copies, uploads in parts."""
BUCKET = "probe-bucket"
LACKING = "probe-no-such-bucket"


def run(call):
    buckets(call)
    objects(call)
    conditions(call)
    listings(call)
    uploads(call)
    versions(call)
    clear(call)


def buckets(call):
    call("make", "s3", "create_bucket", Bucket=BUCKET)
    call("head", "s3", "head_bucket", Bucket=BUCKET)
    call("head lacking", "s3", "head_bucket", Bucket=LACKING)
    call("list", "s3", "list_buckets")
    call("where", "s3", "get_bucket_location", Bucket=BUCKET)
    call("where lacking", "s3", "get_bucket_location", Bucket=LACKING)
    call("no tags", "s3", "get_bucket_tagging", Bucket=BUCKET)
    call("tag", "s3", "put_bucket_tagging", Bucket=BUCKET, Tagging={"TagSet": [{"Key": "team", "Value": "shop"}]})
    call("tags", "s3", "get_bucket_tagging", Bucket=BUCKET)
    call("no policy", "s3", "get_bucket_policy", Bucket=BUCKET)
    call("no lifecycle", "s3", "get_bucket_lifecycle_configuration", Bucket=BUCKET)
    call("no versions yet", "s3", "get_bucket_versioning", Bucket=BUCKET)
    call("encrypted", "s3", "get_bucket_encryption", Bucket=BUCKET)


def objects(call):
    call("put", "s3", "put_object", Bucket=BUCKET, Key="a/one.txt", Body=b"0123456789", ContentType="text/plain",
         Metadata={"colour": "blue"})
    call("put lacking", "s3", "put_object", Bucket=LACKING, Key="x", Body=b"x")
    call("head object", "s3", "head_object", Bucket=BUCKET, Key="a/one.txt")
    call("get", "s3", "get_object", Bucket=BUCKET, Key="a/one.txt")
    call("get a range", "s3", "get_object", Bucket=BUCKET, Key="a/one.txt", Range="bytes=2-4")
    call("get the end", "s3", "get_object", Bucket=BUCKET, Key="a/one.txt", Range="bytes=-3")
    call("get beyond", "s3", "get_object", Bucket=BUCKET, Key="a/one.txt", Range="bytes=100-200")
    call("get lacking", "s3", "get_object", Bucket=BUCKET, Key="none")
    call("head lacking object", "s3", "head_object", Bucket=BUCKET, Key="none")
    call("copy", "s3", "copy_object", Bucket=BUCKET, Key="a/two.txt", CopySource=f"{BUCKET}/a/one.txt")
    call("copy head", "s3", "head_object", Bucket=BUCKET, Key="a/two.txt")
    call("copy lacking", "s3", "copy_object", Bucket=BUCKET, Key="x", CopySource=f"{BUCKET}/none")
    call("tag object", "s3", "put_object_tagging", Bucket=BUCKET, Key="a/two.txt",
         Tagging={"TagSet": [{"Key": "k", "Value": "v"}]})
    call("object tags", "s3", "get_object_tagging", Bucket=BUCKET, Key="a/two.txt")
    call("tags of none", "s3", "get_object_tagging", Bucket=BUCKET, Key="none")


def conditions(call):
    etag = call("head for tag", "s3", "head_object", "ETag", Bucket=BUCKET, Key="a/one.txt") or '"x"'
    call("get if match", "s3", "get_object", Bucket=BUCKET, Key="a/one.txt", IfMatch=etag)
    call("get if other", "s3", "get_object", Bucket=BUCKET, Key="a/one.txt", IfMatch='"other"')
    call("get if changed", "s3", "get_object", Bucket=BUCKET, Key="a/one.txt", IfNoneMatch=etag)
    call("put if none", "s3", "put_object", Bucket=BUCKET, Key="a/one.txt", Body=b"z", IfNoneMatch="*")
    call("put if match", "s3", "put_object", Bucket=BUCKET, Key="a/two.txt", Body=b"0123456789", IfMatch=etag)
    call("put if other", "s3", "put_object", Bucket=BUCKET, Key="a/two.txt", Body=b"z", IfMatch='"other"')


def listings(call):
    for key in ("b/x", "b/y", "c", "d e+f"):
        call(f"put {key}", "s3", "put_object", Bucket=BUCKET, Key=key, Body=b"")
    call("list all", "s3", "list_objects_v2", Bucket=BUCKET)
    call("list by folder", "s3", "list_objects_v2", Bucket=BUCKET, Delimiter="/")
    call("list a folder", "s3", "list_objects_v2", Bucket=BUCKET, Prefix="b/")
    call("list after", "s3", "list_objects_v2", Bucket=BUCKET, StartAfter="b/x")
    token = call("first page", "s3", "list_objects_v2", "NextContinuationToken", Bucket=BUCKET, MaxKeys=2)
    call("second page", "s3", "list_objects_v2", Bucket=BUCKET, MaxKeys=2, ContinuationToken=token or "x")
    call("list of old", "s3", "list_objects", Bucket=BUCKET, Delimiter="/", MaxKeys=2)
    call("list lacking", "s3", "list_objects_v2", Bucket=LACKING)
    call("remove", "s3", "delete_object", Bucket=BUCKET, Key="c")
    call("remove none", "s3", "delete_object", Bucket=BUCKET, Key="none")
    call("remove many", "s3", "delete_objects", Bucket=BUCKET,
         Delete={"Objects": [{"Key": "b/x"}, {"Key": "b/y"}, {"Key": "none"}]})
    call("remove a full bucket", "s3", "delete_bucket", Bucket=BUCKET)


def uploads(call):
    upload = call("begin", "s3", "create_multipart_upload", "UploadId", Bucket=BUCKET, Key="large") or "x"
    one = dict(Bucket=BUCKET, Key="large", UploadId=upload)
    etags = [call(f"part {n}", "s3", "upload_part", "ETag", **one, PartNumber=n, Body=body) or '"x"'
             for n, body in ((1, b"a" * (5 << 20)), (2, b"b"))]
    call("parts", "s3", "list_parts", **one)
    call("under way", "s3", "list_multipart_uploads", Bucket=BUCKET)
    parts = [{"PartNumber": n + 1, "ETag": e} for n, e in enumerate(etags)]
    call("complete out of order", "s3", "complete_multipart_upload", **one, MultipartUpload={"Parts": parts[::-1]})
    call("complete unknown part", "s3", "complete_multipart_upload", **one,
         MultipartUpload={"Parts": [{"PartNumber": 7, "ETag": '"x"'}]})
    call("complete", "s3", "complete_multipart_upload", **one, MultipartUpload={"Parts": parts})
    call("head whole", "s3", "head_object", Bucket=BUCKET, Key="large")
    small = call("begin small", "s3", "create_multipart_upload", "UploadId", Bucket=BUCKET, Key="small") or "x"
    two = dict(Bucket=BUCKET, Key="small", UploadId=small)
    etags = [call(f"small part {n}", "s3", "upload_part", "ETag", **two, PartNumber=n, Body=b"x") or '"x"' for n in (1, 2)]
    call("complete too small", "s3", "complete_multipart_upload", **two,
         MultipartUpload={"Parts": [{"PartNumber": n + 1, "ETag": e} for n, e in enumerate(etags)]})
    call("abort", "s3", "abort_multipart_upload", **two)
    call("abort again", "s3", "abort_multipart_upload", **two)
    call("parts of none", "s3", "list_parts", **two)


def versions(call):
    call("keep versions", "s3", "put_bucket_versioning", Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    call("kept", "s3", "get_bucket_versioning", Bucket=BUCKET)
    first = call("first version", "s3", "put_object", "VersionId", Bucket=BUCKET, Key="v", Body=b"1")
    call("second version", "s3", "put_object", Bucket=BUCKET, Key="v", Body=b"2")
    call("get first", "s3", "get_object", Bucket=BUCKET, Key="v", VersionId=first or "x")
    marker = call("mark removed", "s3", "delete_object", "VersionId", Bucket=BUCKET, Key="v")
    call("get removed", "s3", "get_object", Bucket=BUCKET, Key="v")
    call("versions", "s3", "list_object_versions", Bucket=BUCKET, Prefix="v")
    call("bring back", "s3", "delete_object", Bucket=BUCKET, Key="v", VersionId=marker or "x")
    call("get again", "s3", "get_object", Bucket=BUCKET, Key="v")
    call("get version of none", "s3", "get_object", Bucket=BUCKET, Key="v", VersionId="not-a-version")


def clear(call):
    listed = call("all versions", "s3", "list_object_versions", Bucket=BUCKET)
    for kind in ("Versions", "DeleteMarkers"):
        for v in listed.get(kind, []):
            call.client("s3").delete_object(Bucket=BUCKET, Key=v["Key"], VersionId=v["VersionId"])
    call("remove bucket", "s3", "delete_bucket", Bucket=BUCKET)
    call("remove bucket again", "s3", "delete_bucket", Bucket=BUCKET)
