"""CloudTrail: the events of calls, and trails."""
import datetime
import json
import unittest

from judge import ACCOUNT, Case, client, env

trail = client("cloudtrail")


def events(**attribute):
    key, value = next(iter(attribute.items()))
    pages = trail.get_paginator("lookup_events").paginate(
        LookupAttributes=[{"AttributeKey": key, "AttributeValue": value}], PaginationConfig={"PageSize": 2})
    return [(e, json.loads(e["CloudTrailEvent"])) for page in pages for e in page["Events"]]


class Events(Case):
    def test_write(self):
        iam = client("iam")
        made = iam.create_user(UserName="trailed", Tags=[{"Key": "team", "Value": "x"}])
        (listed, text), = [e for e in events(EventName="CreateUser") if e[1]["requestParameters"]["userName"] == "trailed"]
        self.assertEqual(text["requestID"], made["ResponseMetadata"]["RequestId"])
        self.assertEqual(text["userIdentity"]["accessKeyId"], env("AWS_ACCESS_KEY_ID"))
        self.assertEqual(text["requestParameters"]["tags"], [{"key": "team", "value": "x"}])
        self.assertEqual(text["responseElements"]["user"]["userName"], "trailed")
        self.assertEqual(listed["EventId"], text["eventID"])
        self.assertEqual(listed["ReadOnly"], "false")
        self.assertIn({"ResourceType": "AWS::IAM::User", "ResourceName": "trailed"}, listed["Resources"])
        self.assertIsInstance(listed["EventTime"], datetime.datetime)
        self.assertTrue(text["userAgent"].startswith("Boto3/"))

    def test_failure(self):
        with self.refused("NoSuchEntity", 404):
            client("iam").get_user(UserName="not-trailed")
        codes = {text.get("errorCode") for _, text in events(EventName="GetUser")}
        self.assertIn("NoSuchEntityException", codes)

    def test_session(self):
        got = client("sts").assume_role(RoleArn=env("ROLE"), RoleSessionName="trailed")
        credentials = got["Credentials"]
        mine = client("cloudtrail", aws_access_key_id=credentials["AccessKeyId"], aws_secret_access_key=credentials["SecretAccessKey"],
                      aws_session_token=credentials["SessionToken"])
        mine.describe_trails()
        (_, text), = events(AccessKeyId=credentials["AccessKeyId"])
        self.assertEqual(text["userIdentity"]["type"], "AssumedRole")
        self.assertEqual(text["userIdentity"]["sessionContext"]["sessionIssuer"]["arn"], env("ROLE"))
        begun = [text for _, text in events(EventName="AssumeRole") if text["requestParameters"]["roleSessionName"] == "trailed"]
        self.assertEqual(begun[0]["responseElements"]["credentials"]["accessKeyId"], credentials["AccessKeyId"])

    def test_refusals(self):
        now = datetime.datetime.now()
        with self.refused("InvalidTimeRangeException", 400):
            trail.lookup_events(StartTime=now, EndTime=now - datetime.timedelta(hours=1))
        with self.refused("InvalidNextTokenException", 400):
            trail.lookup_events(NextToken="bogus")


class Trails(Case):
    def test_trail(self):
        arn = f"arn:aws:cloudtrail:us-east-1:{ACCOUNT}:trail/judged"
        self.assertEqual([t["TrailARN"] for t in trail.describe_trails()["trailList"]], [arn])
        self.assertEqual([t["TrailARN"] for t in trail.list_trails()["Trails"]], [arn])
        self.assertTrue(trail.get_trail(Name="judged")["Trail"]["IsMultiRegionTrail"])
        self.assertTrue(trail.get_trail_status(Name=arn)["IsLogging"])
        with self.refused("TrailNotFoundException", 400):
            trail.get_trail_status(Name="nobodys")


if __name__ == "__main__":
    unittest.main()
