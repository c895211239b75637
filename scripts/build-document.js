import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** Puts the document of `GET /openapi.json` into `<out>`, whose modules are built already: the gateway has nothing to do but to send it. */
export async function buildDocument(out) {
  const { describeGateway } = await import(
    pathToFileURL(join(out, "server/openapi/describe-gateway.js")).href
  );
  writeFileSync(join(out, "openapi.json"), JSON.stringify(describeGateway()));
}
