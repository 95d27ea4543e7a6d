"""Functions, their versions, aliases, permissions and executions."""
import base64
import hashlib
import json
import unittest

from judge import Case, client, code_zip, env

functions = client("lambda")


def create(name, **kwargs):
    usual = {"Role": env("ROLE"), "Runtime": "python3.13", "Handler": "index.handler", "Code": {"ZipFile": code_zip()}}
    return functions.create_function(FunctionName=name, **{**usual, **kwargs})


class Functions(Case):
    def made(self, name, **kwargs):
        got = create(name, **kwargs)
        self.wait(functions, "function_active_v2", FunctionName=name)
        return got

    def test_roles(self):
        with self.refused("InvalidParameterValueException", 400):
            create("roleless", Role=env("ROLE") + "-none")
        with self.refused("AccessDeniedException", 403):
            create("foreign", Role="arn:aws:iam::999999999999:role/judge")

    def test_life(self):
        got = self.made("life", Environment={"Variables": {"ONE": "1"}}, Tags={"team": "shop"}, Timeout=7)
        self.assertEqual(got["CodeSha256"], base64.b64encode(hashlib.sha256(code_zip()).digest()).decode())
        with self.refused("ResourceConflictException", 409):
            create("life")
        whole = functions.get_function(FunctionName="life")
        self.assertEqual((whole["Tags"], whole["Configuration"]["Timeout"]), ({"team": "shop"}, 7))
        functions.update_function_configuration(FunctionName="life", MemorySize=256, Environment={"Variables": {"TWO": "2"}})
        self.wait(functions, "function_updated_v2", FunctionName="life")
        read = functions.get_function_configuration(FunctionName="life")
        self.assertEqual((read["MemorySize"], read["Environment"]["Variables"]), (256, {"TWO": "2"}))
        changed = code_zip("def handler(event, context): return 2")
        functions.update_function_code(FunctionName="life", ZipFile=changed)
        self.wait(functions, "function_updated_v2", FunctionName="life")
        self.assertEqual(functions.get_function_configuration(FunctionName="life")["CodeSha256"],
                         base64.b64encode(hashlib.sha256(changed).digest()).decode())
        functions.delete_function(FunctionName="life")
        with self.refused("ResourceNotFoundException", 404):
            functions.get_function(FunctionName="life")

    def test_bad(self):
        with self.refused("InvalidParameterValueException", 400):
            create("bad", Code={"ZipFile": b"no zip"})

    def test_versions_and_aliases(self):
        self.made("versioned")
        self.assertEqual(functions.publish_version(FunctionName="versioned")["Version"], "1")
        self.assertEqual(functions.publish_version(FunctionName="versioned")["Version"], "1", "nothing changed")
        listed = functions.list_versions_by_function(FunctionName="versioned")["Versions"]
        self.assertEqual([v["Version"] for v in listed], ["$LATEST", "1"])
        functions.create_alias(FunctionName="versioned", Name="live", FunctionVersion="1")
        self.assertEqual(functions.get_alias(FunctionName="versioned", Name="live")["FunctionVersion"], "1")
        functions.update_alias(FunctionName="versioned", Name="live", Description="new")
        self.assertEqual([a["Description"] for a in functions.list_aliases(FunctionName="versioned")["Aliases"]], ["new"])
        self.wait(functions, "published_version_active", FunctionName="versioned", Qualifier="1")
        answer = functions.invoke(FunctionName="versioned", Qualifier="live", Payload=b"1")
        self.assertEqual(answer["ExecutedVersion"], "1")
        with self.refused("ResourceConflictException", 409):
            functions.delete_function(FunctionName="versioned", Qualifier="1")
        functions.delete_alias(FunctionName="versioned", Name="live")
        with self.refused("ResourceNotFoundException", 404):
            functions.get_alias(FunctionName="versioned", Name="live")

    def test_invoke(self):
        self.made("echo")
        answer = functions.invoke(FunctionName="echo", Payload=json.dumps({"n": 1}), LogType="Tail")
        self.assertEqual((answer["StatusCode"], json.load(answer["Payload"])), (200, {"n": 1}))
        self.assertIn(b"REPORT RequestId:", base64.b64decode(answer["LogResult"]))
        self.assertEqual(functions.invoke(FunctionName="echo", InvocationType="Event", Payload=b"{}")["StatusCode"], 202)
        self.assertEqual(functions.invoke(FunctionName="echo", InvocationType="DryRun")["StatusCode"], 204)
        with self.refused("InvalidRequestContentException", 400):
            functions.invoke(FunctionName="echo", Payload=b"{")
        with self.refused("ResourceNotFoundException", 404):
            functions.invoke(FunctionName="nobody")
        streams = client("logs").describe_log_streams(logGroupName="/aws/lambda/echo")["logStreams"]
        self.assertGreaterEqual(len(streams), 1)

    def test_concurrency(self):
        self.made("reserved")
        functions.put_function_concurrency(FunctionName="reserved", ReservedConcurrentExecutions=0)
        self.assertEqual(functions.get_function_concurrency(FunctionName="reserved")["ReservedConcurrentExecutions"], 0)
        with self.refused("TooManyRequestsException", 429):
            functions.invoke(FunctionName="reserved", Payload=b"{}")
        functions.delete_function_concurrency(FunctionName="reserved")
        self.assertEqual(functions.invoke(FunctionName="reserved", Payload=b"{}")["StatusCode"], 200)

    def test_permissions(self):
        self.made("permitted")
        functions.add_permission(FunctionName="permitted", StatementId="s3", Action="lambda:InvokeFunction", Principal="s3.amazonaws.com")
        with self.refused("ResourceConflictException", 409):
            functions.add_permission(FunctionName="permitted", StatementId="s3", Action="lambda:InvokeFunction", Principal="s3.amazonaws.com")
        statement, = json.loads(functions.get_policy(FunctionName="permitted")["Policy"])["Statement"]
        self.assertEqual((statement["Sid"], statement["Principal"]), ("s3", {"Service": "s3.amazonaws.com"}))
        functions.remove_permission(FunctionName="permitted", StatementId="s3")
        with self.refused("ResourceNotFoundException", 404):
            functions.get_policy(FunctionName="permitted")

    def test_tags(self):
        arn = self.made("tagged")["FunctionArn"]
        functions.tag_resource(Resource=arn, Tags={"a": "1", "b": "2"})
        functions.untag_resource(Resource=arn, TagKeys=["b"])
        self.assertEqual(functions.list_tags(Resource=arn)["Tags"], {"a": "1"})

    def test_settings(self):
        self.made("settled")
        self.assertEqual(functions.get_function_code_signing_config(FunctionName="settled")["FunctionName"], "settled")
        self.assertEqual(functions.get_runtime_management_config(FunctionName="settled")["UpdateRuntimeOn"], "Auto")
        self.assertEqual(functions.get_account_settings()["AccountLimit"]["ConcurrentExecutions"], 1000)

    def test_pages(self):
        for i in range(4):
            create(f"page-{i}")
        pages = list(functions.get_paginator("list_functions").paginate(PaginationConfig={"PageSize": 3}))
        names = [f["FunctionName"] for p in pages for f in p["Functions"]]
        self.assertEqual([n for n in names if n.startswith("page-")], [f"page-{i}" for i in range(4)])
        self.assertTrue(all(len(p["Functions"]) <= 3 for p in pages))


if __name__ == "__main__":
    unittest.main()
