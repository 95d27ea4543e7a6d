// A program against the types that openapi-typescript made of Hawser's own
// document: it must compile, and run.
import createClient from "openapi-fetch";
import type { paths } from "./schema";

const client = createClient<paths>({
  baseUrl: process.env.URL!,
  headers: { Authorization: `Bearer ${process.env.TOKEN}` },
});

const listed = await client.POST("/api/v1/tools/s3.list", { body: { limit: 1 } });
if (!listed.data) throw new Error(JSON.stringify(listed.error));
const name: string = listed.data.output.items![0].name;

const missing = await client.POST("/api/v1/tools/s3.get", { body: { bucket: name, key: "none" } });
if (missing.error?.kind !== "not-found") throw new Error(JSON.stringify(missing));

const asked = await client.POST("/api/v1/tools/s3.delete", { body: { bucket: "acme-web", key: "robots.txt" } });
if (!asked.error?.confirm || asked.error.plan?.effect !== "destroy") throw new Error(JSON.stringify(asked));
const done = await client.POST("/api/v1/tools/s3.delete", {
  body: { bucket: "acme-web", key: "robots.txt" },
  params: { header: { "Hawser-Confirm": asked.error.confirm } },
});
if (done.error) throw new Error(JSON.stringify(done.error));
console.log("ok", name);
