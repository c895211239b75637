import { expect, test } from "vitest";

import { createRedactor, redacted, redactHeaders } from "../../src/traces/redact.ts";

const body = "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7";

test.each([
  `sk-${body}`,
  `sk-ant-api03-${body}`,
  `sk-proj-${body}`,
  `ghp_${body}`,
  `ghs_${body}`,
  `github_pat_${body}`,
  `xoxb-${body}`,
  `hf_${body}`,
  `glpat-${body}`,
  "AKIAIOSFODNN7EXAMPLE",
  "ASIAIOSFODNN7EXAMPLE",
  `AIza${"x".repeat(35)}`,
  `akc-${"x".repeat(43)}`,
])("what has the form of a key is taken out: %s", (key) => {
  const redact = createRedactor([]);
  expect(redact(`Use "${key}", please.`)).toBe(`Use "${redacted}", please.`);
  expect(redact(key)).toBe(redacted);
});

test.each(["risk-free", "AKIA", "an AKIAlike word", "sk-short", "disk_usage", "hf_hub"])(
  "a word is left: %s",
  (word) => expect(createRedactor([])(word)).toBe(word),
);

test("headers that hold keys have none, by whichever name", () => {
  const secret = ["authorization", "proxy-authorization", "cookie", "x-api-key", "api-key", "x-goog-api-key"];
  const ofProxies = [
    "cf-access-jwt-assertion",
    "cf-access-client-secret",
    "x-forwarded-access-token",
    "x-amz-security-token",
  ];
  const others = [
    "ocp-apim-subscription-key",
    "x-auth-token",
    "x-litellm-api-key",
    "set-cookie",
    "x-auth-key",
  ];
  const plain = [
    "user-agent",
    "idempotency-key",
    "x-session-id",
    "x-max-tokens",
    "sec-websocket-key",
    "x-token-count",
  ];
  const names = [...secret, ...ofProxies, ...others, ...plain];
  const shown = redactHeaders(Object.fromEntries(names.map((name) => [name, "s3cret"])), (text) => text);
  expect(Object.keys(shown).filter((name) => shown[name] !== redacted)).toEqual(plain);
});
