import { expect, test } from "vitest";

import { identifyByName, identifyUpstream } from "../../src/upstreams/identify-upstream.ts";
import type { CompatibleEntry, WebChatEntry } from "../../src/upstreams/upstream-entry.ts";

const common = {
  name: "one",
  baseUrl: "https://api.example/v1",
  headers: { a: "1", b: "2" },
  firstByteTimeoutMs: undefined,
  idleTimeoutMs: undefined,
  models: { all: {}, overrides: [], include: undefined, exclude: undefined },
};
const server = { ...common, type: "openai", apiKey: "secret" } satisfies Partial<CompatibleEntry>;
const web = {
  ...common,
  type: "akash-chat",
  accessToken: undefined,
  cookie: undefined,
  userAgent: undefined,
} satisfies Partial<WebChatEntry>;

test("an allowance is that of a server, an account and an address, whatever the upstream is called; no secret is told", () => {
  const identity = identifyUpstream(server, undefined);
  expect(identity).not.toContain("secret");
  expect(identifyUpstream({ ...server, name: "two", headers: { b: "2", a: "1" } }, undefined)).toBe(identity);
  expect(identifyByName("one", [server], undefined)).toBe(identity);
  expect(identifyByName("unknown", [server], undefined)).toBe("unknown");
  const others = [
    identifyUpstream({ ...server, baseUrl: "https://api.example/v2" }, undefined),
    identifyUpstream({ ...server, apiKey: "another" }, undefined),
    identifyUpstream({ ...server, headers: { a: "1" } }, undefined),
    identifyUpstream(server, "berlin"),
    identifyUpstream(web, undefined),
    identifyUpstream({ ...web, accessToken: "secret" }, undefined),
    identifyUpstream({ ...web, cookie: "secret" }, undefined),
  ];
  expect(new Set([identity, ...others]).size).toBe(others.length + 1);
});
