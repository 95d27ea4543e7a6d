"""Drives every operation of the simulator from botocore's models: with input that
the models allow, with required members missing, with values outside their bounds
and of other types. Prints a line of JSON for each answer that is wrong, and at the
end how many there were.

Past botocore's own checks, so that the simulator has to make them."""
import collections
import json
import os
import urllib.request

import boto3
import botocore.exceptions
from botocore.config import Config

import codes
import shapes

LONGEST = 140_000
MODELS = {
    "sts": "sts", "s3": "s3", "ec2": "ec2", "lambda": "lambda", "cloudwatch": "cloudwatch", "logs": "logs", "rds": "rds",
    "rds-data": "rds-data", "secretsmanager": "secretsmanager", "sso-portal": "sso", "sso-oauth": "sso-oidc", "iam": "iam",
    "organizations": "organizations", "sso": "sso-admin", "identitystore": "identitystore", "cloudtrail": "cloudtrail",
}

# Members whose values lead to what is there, so that cases get past the first look-up.
THERE = {"Bucket": "models-bucket", "Key": "key"}
PAYLOADS = {"lambda:Invoke", "lambda:InvokeAsync"}


class Driver:
    def __init__(self):
        self.calls = collections.Counter()
        self.session = boto3.Session()
        self.clients = {}

    def client(self, service):
        if service not in self.clients:
            self.clients[service] = self.session.client(service, config=Config(
                parameter_validation=False, retries={"total_max_attempts": 1}, s3={"addressing_style": "path"},
                read_timeout=20, connect_timeout=5, request_checksum_calculation="when_required"))
        return self.clients[service]

    def call(self, model, operation, case, params, refused):
        """Sends one input and looks at the answer; refused says that it must be one of an invalid input."""
        client = self.client(model.service_name)
        try:
            client._make_api_call(operation.name, params)
            answer = None
        except botocore.exceptions.ClientError as e:
            answer = e.response
        except (botocore.exceptions.ConnectionError, botocore.exceptions.HTTPClientError) as e:
            return self.wrong(model, operation, case, params, f"no answer: {e}")
        except Exception:  # botocore can't put this on the wire
            self.calls["unsent"] += 1
            return
        self.calls["sent"] += 1
        if answer is None:
            if refused:
                self.wrong(model, operation, case, params, "was taken")
            return
        code, status = answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]
        if status >= 500 and (status, code) != (501, "NotImplemented"):  # by which S3 refuses a header's value
            return self.wrong(model, operation, case, params, f"{status} {code}: {answer['Error']['Message']}")
        if case.startswith("with ") and code == "NotImplemented" and answer["Error"]["Message"].startswith("The simulator does not support "):
            return  # docs/simulator.md lists these members
        if not codes.known(model, operation, code):
            return self.wrong(model, operation, case, params, f"code {code} is neither declared nor common: {answer['Error']['Message']}")
        if refused == "token":
            if not codes.refuses_token(model, operation, code):
                self.wrong(model, operation, case, params, f"code {code} is none for a token: {answer['Error']['Message']}")
        elif refused and not codes.validates(model, operation, code):
            self.wrong(model, operation, case, params, f"code {code} is none for invalid input: {answer['Error']['Message']}")

    def wrong(self, model, operation, case, params, why):
        self.calls["wrong"] += 1
        print(json.dumps({"operation": f"{model.service_name}:{operation.name}", "case": case, "params": repr(params)[:300], "why": why}))

    def operation(self, model, operation):
        if operation.input_shape is None:
            return self.call(model, operation, "no input", {}, False)
        shape = operation.input_shape
        base = shapes.value(shape)
        for name, there in THERE.items():
            if model.service_name == "s3" and name in base:
                base[name] = there
        self.call(model, operation, "valid", base, False)
        self.everything(model, operation, base)
        self.tokens(model, operation, base)
        for case, params in cases(shape, base, model):
            self.call(model, operation, case, params, True)

    def tokens(self, model, operation, base):
        """A token that no page gave. S3's markers are keys, of which any will do."""
        for name in ("NextToken", "nextToken", "Marker", "ContinuationToken"):
            if name in operation.input_shape.members and (model.service_name, name) != ("s3", "Marker"):
                self.call(model, operation, name + " that no page gave", {**base, name: "bm90LWEtdG9rZW4="}, "token")

    def everything(self, model, operation, base):
        """Each member that is not required, once beside those that are."""
        for name, member in operation.input_shape.members.items():
            if name == "ContentLength":
                continue  # it would promise more than is sent
            if name not in base:
                self.call(model, operation, "with " + name, {**base, name: shapes.value(member)}, False)


def cases(shape, base, model):
    """Inputs that the model does not allow, each with its name."""
    for name in shape.required_members:
        member = shape.members[name]
        without = {k: v for k, v in base.items() if k != name}
        if sent(model, member, name):
            yield f"{name} missing", without
    for name, member in shape.members.items():
        if member.serialization.get("location") == "uri" or name in base and name in THERE and model.service_name == "s3":
            continue
        for what, value in shapes.bad(member, LONGEST, member.serialization.get("location") == "header"):
            if not (rpc(model) and isinstance(value, list) and not any(value)):
                yield f"{name} {what}", {**base, name: value}
        other = shapes.wrong(member)
        if other is not None and typed(model, member):
            yield f"{name} of another type", {**base, name: other}
        for what, value in below(member):
            if not (rpc(model) and empty(value)):
                yield f"{name}.{what}", {**base, name: value}


def rpc(model):
    """Whether input goes as a form, in which empty structures and lists are not seen."""
    return model.metadata["protocol"] in ("query", "ec2")


def empty(value):
    return not value or isinstance(value, list) and all(map(empty, value)) or isinstance(value, dict) and all(map(empty, value.values()))


def sent(model, member, name):
    """Whether the operation is still the one that is meant without a member. The portal
    of Identity Center is known by its token here, and S3's operations by their queries."""
    location = member.serialization.get("location")
    return location != "uri" and name != "accessToken" and not (model.service_name == "s3" and location in ("querystring", "header"))


def typed(model, member):
    """Whether the protocol tells a value's type from its text. botocore makes a boolean
    of anything in forms."""
    if member.type_name == "boolean" and model.metadata["protocol"] not in ("json", "rest-json"):
        return False
    return member.type_name != "string" or model.metadata["protocol"] in ("json", "rest-json") and "location" not in member.serialization


def below(shape, depth=0):
    """What is wrong further down, of structures and lists of structures."""
    if shape.type_name == "list" and shape.member.type_name == "structure":
        for what, value in below(shape.member, depth + 1):
            yield "1." + what, [value]
    if shape.type_name != "structure" or depth > 6:
        return
    base = shapes.value(shape)
    for name in shape.required_members:
        yield f"{name} missing", {k: v for k, v in base.items() if k != name} or {}
    for name, member in shape.members.items():
        for what, value in shapes.bad(member, LONGEST):
            yield f"{name} {what}", {**base, name: value}
        for what, value in below(member, depth + 1):
            yield f"{name}.{what}", {**base, name: value}


def main():
    with urllib.request.urlopen(os.environ["AWS_ENDPOINT_URL"] + "/_sim/operations") as answer:
        operations = json.load(answer)["operations"]
    driver = Driver()
    s3 = driver.client("s3")
    s3.create_bucket(Bucket="models-bucket")
    s3.put_object(Bucket="models-bucket", Key="key", Body=b"x")
    for full in operations:
        prefix, name = full.split(":")
        model = driver.client(MODELS[prefix]).meta.service_model
        driver.operation(model, model.operation_model(name))
    print(json.dumps(dict(driver.calls, operations=len(operations))))


main()
