"""What the cases share: clients, and an assertion that AWS refuses."""
import contextlib
import io
import os
import unittest
import zipfile

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

ACCOUNT = "123456789012"


def client(service, **kwargs):
    return boto3.client(service, config=Config(s3={"addressing_style": "path"}, retries={"max_attempts": 1}), **kwargs)


def code_zip(text="def handler(event, context): return event"):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as z:
        z.writestr(zipfile.ZipInfo("index.py"), text)
    return packed.getvalue()


class Case(unittest.TestCase):
    maxDiff = None

    @contextlib.contextmanager
    def refused(self, code, status=None):
        with self.assertRaises(ClientError) as caught:
            yield caught
        got = caught.exception.response
        self.assertEqual(got["Error"]["Code"], code)
        if status:
            self.assertEqual(got["ResponseMetadata"]["HTTPStatusCode"], status)

    def wait(self, c, waiter, **kwargs):
        c.get_waiter(waiter).wait(**kwargs, WaiterConfig={"Delay": 1, "MaxAttempts": 60})


def env(name):
    return os.environ[name]
