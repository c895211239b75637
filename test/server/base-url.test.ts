import type { FastifyRequest } from "fastify";
import { expect, test } from "vitest";

import { readConfig } from "../../src/config.ts";
import { baseUrlOf } from "../../src/server/base-url.ts";

const of = (headers: Record<string, string>, env: Record<string, string> = {}) =>
  baseUrlOf({ headers } as unknown as FastifyRequest, readConfig(env));

test.each([
  ["the Host that the client used", { host: "box:16571" }, "http://box:16571"],
  ["an IPv6 host", { host: "[::1]:80" }, "http://[::1]:80"],
  [
    "what a proxy tells",
    { host: "inner:1", "x-forwarded-proto": "https", "x-forwarded-host": "ai.example" },
    "https://ai.example",
  ],
  ["the first of several proxies", { host: "i", "x-forwarded-proto": "https, http" }, "https://i"],
  ["no odd scheme", { host: "i", "x-forwarded-proto": "javascript" }, "http://i"],
  ["no odd host", { host: "a/b?c", "x-forwarded-host": 'x"y' }, "http://localhost:16571"],
  ["its own address without a Host", {}, "http://localhost:16571"],
])("the base of links is %s", (_name, headers, expected) => {
  expect(of(headers)).toBe(expected);
});

test("PUBLIC_URL wins", () => {
  expect(of({ host: "box" }, { PUBLIC_URL: "https://ai.example/gate/" })).toBe("https://ai.example/gate");
});

test("an IPv6 address of its own is put in brackets", () => {
  expect(of({}, { SERVER_ADDRESS: "[::1]:8080" })).toBe("http://[::1]:8080");
});
