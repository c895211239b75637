/** Writes `gateway.schema.json`, the schema of `gateway.yaml` for editors: `npm run schema`. */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { createConfigJsonSchema } from "../src/config-file/json-schema.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
writeFileSync(`${root}gateway.schema.json`, JSON.stringify(createConfigJsonSchema()));
execFileSync("npx", ["oxfmt", "gateway.schema.json"], { cwd: root, stdio: "inherit" });
