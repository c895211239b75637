import { expect, test } from "vitest";

import { createSecretHider } from "../../../src/upstreams/http/hide-secrets.ts";

test.each([
  ["the key abcd1234 is wrong, abcd1234!", "the key [key] is wrong, [key]!"],
  ["Authorization: Bearer tok-en", "Authorization: [key]"],
  ["tok-en alone", "[key] alone"],
  ["one within another: abcd1234xyz", "one within another: [key]"],
  ["short ones stay: on", "short ones stay: on"],
])("%s", (text, clean) => {
  expect(createSecretHider(["abcd1234", "abcd1234xyz", "Bearer tok-en", "on", ""])(text)).toBe(clean);
});
