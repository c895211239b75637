import { readFileSync } from "node:fs";

import { z } from "zod";

const schema = z.object({ version: z.string() });

/** Says who we are: the upstream refuses sessions to callers without a user agent. Reads package.json. */
export function createUserAgent(): string {
  const text = readFileSync(new URL("../../../package.json", import.meta.url), "utf8");
  const { version } = schema.parse(JSON.parse(text));
  return `akashchat-api/${version}`;
}
