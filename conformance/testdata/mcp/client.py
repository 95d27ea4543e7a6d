"""MCP's Python SDK as a client of `hawser mcp`: list, call, page, progress,
elicit, cancel, log. argv: connect mode, then the command or a URL."""
import asyncio
import json
import os
import sys
import urllib.request

from mcp import Client, MCPError, StdioServerParameters
from mcp_types import ElicitResult

asked, logged = [], []


def faults(method, body=None):
    """Tells the simulator how to fail."""
    urllib.request.urlopen(urllib.request.Request(os.environ["AWS_ENDPOINT_URL"] + "/_sim/faults", body, method=method))


async def elicit(context, params):
    asked.append(params.message)
    return ElicitResult(action="accept", content={"confirm": len(asked) > 1})


async def log(params):
    logged.append(params)


def server(argv):
    if argv[0].startswith("http"):
        return argv[0]
    return StdioServerParameters(command=argv[0], args=argv[1:], env=dict(os.environ))


async def main(mode, argv):
    async with Client(server(argv), mode=mode, elicitation_callback=elicit, logging_callback=log) as client:
        print("version", client.protocol_version)
        tools = {t.name: t for t in (await client.list_tools()).tools}
        assert tools["s3.list"].annotations.read_only_hint, tools["s3.list"]
        assert tools["ec2.stop"].annotations.destructive_hint
        assert "ec2.start" not in tools, "the profile denies it"

        listed = await client.call_tool("s3.list", {"limit": 1})
        assert not listed.is_error, listed
        first = listed.structured_content
        second = (await client.call_tool("s3.list", {"limit": 1, "cursor": first["cursor"]})).structured_content
        assert first["items"][0]["name"] < second["items"][0]["name"], (first, second)

        refused = await client.call_tool("s3.list", {"bukcet": "x"})
        assert refused.is_error and "did you mean bucket" in refused.content[0].text, refused

        told = []

        async def progress(done, total, message):
            told.append((done, total))

        body = "x" * 3_000_000
        with open("large", "w") as f:
            f.write(body * 4)
        put = await client.call_tool("s3.put", {"bucket": "acme-web", "key": "large", "from_file": "large"}, progress_callback=progress)
        assert not put.is_error, put
        assert told and told == sorted(told), told

        instance = (await client.call_tool("ec2.list", {"state": "running", "limit": 1})).structured_content["items"][0]["instance_id"]
        no = await client.call_tool("ec2.stop", {"instance_ids": [instance]})
        assert no.is_error and "unconfirmed" in no.content[0].text, no
        yes = await client.call_tool("ec2.stop", {"instance_ids": [instance]})
        assert not yes.is_error, yes
        assert len(asked) == 2 and instance in asked[0] and "111122223333" in asked[0] and "us-east-1" in asked[0], asked

        faults("POST", b'[{"service": "lambda", "action": "ListFunctions", "effect": "timeout"}]')
        try:
            await client.call_tool("lambda.list", {}, read_timeout_seconds=1)
            raise AssertionError("a call that hangs was answered")
        except (MCPError, TimeoutError):
            pass
        faults("DELETE")
        await asyncio.sleep(1)
        audit = (await client.call_tool("audit.list", {"tool": "lambda.list"})).structured_content["items"]
        assert audit[0]["outcome"] == "canceled", audit

        assert len((await client.list_resources()).resources) == 3
        who = await client.read_resource("hawser://identity")
        assert "111122223333" in who.contents[0].text
        prompts = {p.name for p in (await client.list_prompts()).prompts}
        assert "function-failing" in prompts and "stuck-instance" not in prompts, prompts
        text = (await client.get_prompt("function-failing", {"function_name": "checkout"})).messages[0].content.text
        assert "checkout" in text and "since 1h" in text, text
    print(json.dumps({"asked": len(asked), "logged": len(logged)}))


asyncio.run(main(sys.argv[1], sys.argv[2:]))
