"""Calls operations and writes down, a JSON line each, what came of them."""
import datetime
import io
import json
import zipfile

import boto3
import jmespath
from botocore.config import Config
from botocore.exceptions import ClientError

ACCOUNT = "123456789012"


def plain(value):
    """A response as JSON: bytes and streams as text, times as TIME."""
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items() if k != "ResponseMetadata"}
    if isinstance(value, list):
        return [plain(v) for v in value]
    if isinstance(value, datetime.datetime):
        return "TIME"
    if hasattr(value, "read"):
        value = value.read()
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    return value


class Recorder:
    def __init__(self):
        self.clients = {}

    def client(self, service):
        if service not in self.clients:
            self.clients[service] = boto3.client(
                service, config=Config(s3={"addressing_style": "path"}, retries={"max_attempts": 1}))
        return self.clients[service]

    def __call__(self, step, service, operation, want=None, **params):
        """Records a call; gives the response, or what want finds in it."""
        line = {"step": step, "operation": f"{service}.{operation}"}
        response = {}
        try:
            response = getattr(self.client(service), operation)(**params)
            line["status"] = response["ResponseMetadata"]["HTTPStatusCode"]
            response = plain(response)
            line["response"] = response
        except ClientError as e:
            line["status"] = e.response["ResponseMetadata"]["HTTPStatusCode"]
            line["error"] = e.response["Error"]["Code"]
        except Exception as e:  # what boto3 itself can't make out
            line["error"] = type(e).__name__
        print(json.dumps(line), flush=True)
        return jmespath.search(want, response) if want else response

    def wait(self, service, waiter, **params):
        """Waits for a state, which is no step of its own."""
        self.client(service).get_waiter(waiter).wait(**params, WaiterConfig={"Delay": 0.1, "MaxAttempts": 300})


def code_zip(text="def handler(event, context): return event"):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as z:
        z.writestr(zipfile.ZipInfo("index.py", (2026, 1, 1, 0, 0, 0)), text)
    return packed.getvalue()
