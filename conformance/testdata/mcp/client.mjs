// MCP's TypeScript SDK as a client of `hawser mcp`: list, call, page, progress,
// elicit, cancel, log. argv: the folder of the packages, then the command or a
// URL.
import assert from "node:assert";
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const [packages, ...argv] = process.argv.slice(2);
const sdk = (name) => import(pathToFileURL(path.join(packages, "@modelcontextprotocol/sdk/dist/esm", name)));
const { Client } = await sdk("client/index.js");
const { StdioClientTransport } = await sdk("client/stdio.js");
const { StreamableHTTPClientTransport } = await sdk("client/streamableHttp.js");
const { ElicitRequestSchema, LoggingMessageNotificationSchema } = await sdk("types.js");

const transport = argv[0].startsWith("http")
  ? new StreamableHTTPClientTransport(new URL(argv[0]))
  : new StdioClientTransport({ command: argv[0], args: argv.slice(1), env: process.env, stderr: "inherit" });
const client = new Client({ name: "judge", version: "1" }, { capabilities: { elicitation: { form: {} } } });
const asked = [], logged = [];
client.setRequestHandler(ElicitRequestSchema, async (request) => {
  asked.push(request.params.message);
  return { action: "accept", content: { confirm: asked.length > 1 } };
});
client.setNotificationHandler(LoggingMessageNotificationSchema, (n) => logged.push(n.params));
await client.connect(transport);

// faults tells the simulator how to fail.
const faults = (method, body) => fetch(`${process.env.AWS_ENDPOINT_URL}/_sim/faults`, { method, body });
const call = (name, args, options) => client.callTool({ name, arguments: args }, undefined, options);
const names = (await client.listTools()).tools.map((t) => t.name);
assert(names.includes("s3.list") && !names.includes("ec2.start"), names);
await client.setLoggingLevel("info");

const first = (await call("s3.list", { limit: 1 })).structuredContent;
const second = (await call("s3.list", { limit: 1, cursor: first.cursor })).structuredContent;
assert(first.items[0].name < second.items[0].name);

const refused = await call("s3.list", { bukcet: "x" });
assert(refused.isError && refused.content[0].text.includes("did you mean bucket"));

fs.writeFileSync("large-js", "x".repeat(12_000_000));
const told = [];
const put = await call("s3.put", { bucket: "acme-web", key: "large-js", from_file: "large-js" }, { onprogress: (p) => told.push(p.progress) });
assert(!put.isError, JSON.stringify(put));
assert(told.length > 0 && told.every((v, i) => i === 0 || v > told[i - 1]), told);

const instance = (await call("ec2.list", { state: "running", limit: 1 })).structuredContent.items[0].instance_id;
const no = await call("ec2.stop", { instance_ids: [instance] });
assert(no.isError && no.content[0].text.includes("unconfirmed"), JSON.stringify(no));
const yes = await call("ec2.stop", { instance_ids: [instance] });
assert(!yes.isError, JSON.stringify(yes));
assert(asked.length === 2 && asked[0].includes(instance) && asked[0].includes("111122223333"), asked);

const stop = new AbortController();
setTimeout(() => stop.abort(), 1000);
await faults("POST", '[{"service": "lambda", "action": "ListFunctions", "effect": "timeout"}]');
await assert.rejects(call("lambda.list", {}, { signal: stop.signal }));
await faults("DELETE");
await new Promise((done) => setTimeout(done, 1000));
const audit = (await call("audit.list", { tool: "lambda.list" })).structuredContent.items;
assert(audit[0].outcome === "canceled", JSON.stringify(audit[0]));

const completion = await client.complete({ ref: { type: "ref/prompt", name: "function-failing" }, argument: { name: "function_name", value: "che" } });
assert.deepEqual(completion.completion.values, ["checkout"]);
assert(logged.length > 0, "nothing was logged");
await client.close();
console.log(JSON.stringify({ asked: asked.length, logged: logged.length }));
