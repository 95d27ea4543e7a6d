"""IAM: the policy simulator, and when services were last used."""
import json
import time

from judge import ACCOUNT, Case, client

iam, ec2, s3 = client("iam"), client("ec2"), client("s3")
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
