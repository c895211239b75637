import { describe, expect, test } from "vitest";

import { givenKeys, keysInAddress, splitKeyInPath } from "../../src/server/given-keys.ts";

const encode = (text: string) => Buffer.from(text).toString("base64");

test.each([
  ["/key/akc-1/api/chat", { url: "/api/chat", key: "akc-1" }],
  ["//key//akc-1//v1/models?x=1", { url: "//v1/models?x=1", key: "akc-1" }],
  ["/key/akc-1", { url: "/", key: "akc-1" }],
  ["/key/akc-1?x=1", { url: "/?x=1", key: "akc-1" }],
  ["/key/a%2Fb/api/tags", { url: "/api/tags", key: "a/b" }],
  ["/key/%ff/api/tags", { url: "/api/tags", key: "%ff" }],
  ["/key/", { url: "/key/", key: undefined }],
  ["/key", { url: "/key", key: undefined }],
  ["/keys/akc-1/api/chat", { url: "/keys/akc-1/api/chat", key: undefined }],
  ["/v1/key/akc-1/api", { url: "/v1/key/akc-1/api", key: undefined }],
])("%s is split", (url, expected) => {
  expect(splitKeyInPath(url)).toEqual(expected);
});

describe("givenKeys", () => {
  test.each([
    ["Bearer akc-1", ["akc-1"]],
    [`Basic ${encode("me:akc-1")}`, ["akc-1"]],
    [`basic ${encode(":akc-1")}`, ["akc-1"]],
    [`Basic ${encode("akc-1:")}`, ["akc-1"]],
    [`Basic ${encode("akc-1")}`, ["akc-1"]],
    [`Basic ${encode("me:a:b")}`, ["a:b"]],
    ["Basic", []],
    ["Basic !!", []],
    [`Basic ${encode(":")}`, []],
  ])("reads Authorization: %s", (authorization, expected) => {
    expect(givenKeys({ headers: { authorization }, query: {}, originalUrl: "/api/chat" })).toEqual(expected);
  });

  test("has those of the address last, which are told apart", () => {
    const request = {
      headers: { authorization: "Bearer one", "x-api-key": "two" },
      query: { key: "three" },
      originalUrl: "/key/four/api/chat?key=three",
    };
    expect(givenKeys(request)).toEqual(["one", "two", "three", "four"]);
    expect(keysInAddress(request)).toEqual(["three", "four"]);
  });
});
