import { expect, test } from "vitest";

import type { AccessObject, KeyObject, StatusObject } from "../../src/console/api/types.ts";
import type { StatusObject as Sent } from "../../src/server/status/create-status.ts";
import { en } from "../../src/console/text/en.ts";
import { zh } from "../../src/console/text/zh.ts";
import { get, post } from "../support/post.ts";
import { startStack } from "../support/start-stack.ts";

/** Compiles only while what the server makes is what the console reads. */
const read = (status: Sent): StatusObject => status;

/** The names of all fields that a type has; one that is missing does not compile. */
const accessFields: Record<keyof AccessObject, true> = {
  caller: true,
  open: true,
  admin: true,
  admin_api: true,
  ledger: true,
  key: true,
  reason: true,
};
const statusFields: Record<keyof StatusObject, true> = {
  version: true,
  started_at: true,
  base_url: true,
  kept_in: true,
  open_to_all: true,
  upstreams: true,
  models: true,
  aliases: true,
  open: true,
  activity: true,
  activity_error: true,
  key: true,
};
const keyFields: Record<keyof KeyObject, true> = {
  id: true,
  name: true,
  hint: true,
  created_at: true,
  expires_at: true,
  revoked_at: true,
  parent: true,
  models: true,
  dialects: true,
  requests_per_minute: true,
  tokens_per_minute: true,
  tokens_per_day: true,
  concurrency: true,
  budget: true,
  trace: true,
  limits: true,
};

test("the gateway sends every field that the console reads", async () => {
  expect(read).toBeTypeOf("function");
  await using stack = await startStack({ env: { ADMIN_TOKEN: "admin" } });
  const headers = { authorization: "Bearer admin" };
  const access = (await get(`${stack.url}/v1/access`)).json();
  expect(Object.keys(access)).toEqual(expect.arrayContaining(Object.keys(accessFields)));
  const status = (await get(`${stack.url}/v1/status`, headers)).json();
  expect(Object.keys(status)).toEqual(expect.arrayContaining(Object.keys(statusFields)));
  await post(`${stack.url}/admin/v1/keys`, { name: "ci" }, headers);
  const [key] = (await get(`${stack.url}/admin/v1/keys?limits=true`, headers)).json().data;
  expect(Object.keys(key)).toEqual(expect.arrayContaining(Object.keys(keyFields)));
});

/** All texts of a language by their paths; what is a function is named as one. */
function listTexts(texts: object, path = ""): Record<string, string> {
  return Object.fromEntries(
    Object.entries(texts).flatMap(([name, value]: [string, unknown]) =>
      typeof value === "object" && value !== null
        ? Object.entries(listTexts(value, `${path}${name}.`))
        : [[path + name, typeof value]],
    ),
  );
}

test("every text is there in both languages, also those in open lists", () => {
  expect(listTexts(zh)).toEqual(listTexts(en));
});
