"""IAM: the policy simulator, and when services were last used."""
import json
import time

from judge import ACCOUNT, Case, client

iam = client("iam")
ARN = f"arn:aws:iam::{ACCOUNT}:"
# The example of https://docs.aws.amazon.com/cli/latest/reference/iam/simulate-custom-policy.html
EXAMPLE = (
    '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"dynamodb:*","Resource":"*",'
    '"Condition":{"DateGreaterThan":{"aws:CurrentTime":"2018-08-16T12:00:00Z"}}}}'
)


def allow(action, resource="*"):
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": resource}]})


class Simulator(Case):
    def test_example(self):
        at = {"ContextKeyName": "aws:CurrentTime", "ContextKeyValues": ["2019-04-25T11:00:00Z"], "ContextKeyType": "date"}
        [got] = iam.simulate_custom_policy(PolicyInputList=[EXAMPLE], ActionNames=["dynamodb:CreateBackup"], ContextEntries=[at])["EvaluationResults"]
        self.assertEqual(got, {
            "EvalActionName": "dynamodb:CreateBackup", "EvalResourceName": "*", "EvalDecision": "allowed", "MissingContextValues": [],
            "MatchedStatements": [{
                "SourcePolicyId": "PolicyInputList.1", "SourcePolicyType": "IAM Policy",
                "StartPosition": {"Line": 1, "Column": 38}, "EndPosition": {"Line": 1, "Column": 167},
            }],
        })
        self.assertEqual(iam.get_context_keys_for_custom_policy(PolicyInputList=[EXAMPLE])["ContextKeyNames"], ["aws:CurrentTime"])

    def test_principal(self):
        iam.create_user(UserName="simulated")
        iam.put_user_policy(UserName="simulated", PolicyName="p", PolicyDocument=allow("s3:Get*", "arn:aws:s3:::${aws:username}/*"))
        pages = iam.get_paginator("simulate_principal_policy").paginate(
            PolicySourceArn=ARN + "user/simulated", ActionNames=["s3:GetObject", "s3:PutObject"], ResourceArns=["arn:aws:s3:::simulated/x", "arn:aws:s3:::other/x"],
            PaginationConfig={"PageSize": 3},
        )
        got = [(r["EvalActionName"], r["EvalResourceName"], r["EvalDecision"]) for page in pages for r in page["EvaluationResults"]]
        self.assertEqual(got, [
            ("s3:GetObject", "arn:aws:s3:::simulated/x", "allowed"), ("s3:GetObject", "arn:aws:s3:::other/x", "implicitDeny"),
            ("s3:PutObject", "arn:aws:s3:::simulated/x", "implicitDeny"), ("s3:PutObject", "arn:aws:s3:::other/x", "implicitDeny"),
        ])
        self.assertEqual(iam.get_context_keys_for_principal_policy(PolicySourceArn=ARN + "user/simulated")["ContextKeyNames"], ["aws:username"])
        with self.refused("NoSuchEntity", 404):
            iam.simulate_principal_policy(PolicySourceArn=ARN + "user/nobody", ActionNames=["s3:GetObject"])
        with self.refused("InvalidInput", 400):
            iam.simulate_principal_policy(PolicySourceArn=f"arn:aws:sts::{ACCOUNT}:assumed-role/r/s", ActionNames=["s3:GetObject"])


class LastAccessed(Case):
    def report(self, arn, **more):
        job = iam.generate_service_last_accessed_details(Arn=arn, **more)["JobId"]
        self.assertEqual(iam.get_service_last_accessed_details(JobId=job)["JobStatus"], "IN_PROGRESS")
        for _ in range(20):
            got = iam.get_service_last_accessed_details(JobId=job)
            if got["JobStatus"] == "COMPLETED":
                return job, got
            time.sleep(0.1)
        self.fail("the job never completes")

    def test_user(self):
        iam.create_user(UserName="busy")
        iam.put_user_policy(UserName="busy", PolicyName="p", PolicyDocument=allow(["ec2:Describe*", "glue:*"]))
        key = iam.create_access_key(UserName="busy")["AccessKey"]
        own = {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}
        client("ec2", **own).describe_instances()
        job, got = self.report(ARN + "user/busy", Granularity="ACTION_LEVEL")
        self.assertEqual(got["JobType"], "ACTION_LEVEL")
        ec2, glue = got["ServicesLastAccessed"]
        self.assertEqual((ec2["ServiceNamespace"], ec2["LastAuthenticatedEntity"], ec2["TotalAuthenticatedEntities"]), ("ec2", ARN + "user/busy", 1))
        self.assertEqual([a["ActionName"] for a in ec2["TrackedActionsLastAccessed"] if "LastAccessedTime" in a], ["DescribeInstances"])
        self.assertEqual((glue["ServiceNamespace"], glue["TotalAuthenticatedEntities"], "LastAuthenticated" in glue), ("glue", 0, False))
        by = iam.get_service_last_accessed_details_with_entities(JobId=job, ServiceNamespace="ec2")["EntityDetailsList"]
        self.assertEqual([e["EntityInfo"]["Name"] for e in by], ["busy"])
        with self.refused("NoSuchEntity", 404):
            iam.generate_service_last_accessed_details(Arn=ARN + "user/nobody")
