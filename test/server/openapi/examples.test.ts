/** The document is held to what a gateway really answers: each example is sent, and each answer is judged by it. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { references } from "../../../src/server/openapi/describe-gateway.ts";
import { get, post, send } from "../../support/post.ts";
import { findAnswer } from "./support/document.ts";
import { createJudge, type Judge } from "./support/judge.ts";
import { sendExample } from "./support/send-example.ts";
import { type Described, secrets, startDescribed } from "./support/start-described.ts";

const operations = references.flatMap((reference) => reference.operations);
const cases = operations.flatMap((operation) =>
  operation.examples.map((example) => ({
    name: `${operation.route}: ${example.summary}`,
    operation,
    example,
  })),
);

let described: Described;
let judge: Judge;
beforeAll(async () => {
  described = await startDescribed();
  judge = createJudge(described.document);
});
afterAll(() => described[Symbol.asyncDispose]());

describe("an answer is as the document says", () => {
  test.each(cases)("$name", async ({ operation, example }) => {
    const given = await sendExample(described, operation, example);
    expect([given.status, given.text.slice(0, 1000)]).toEqual([example.status, expect.any(String)]);
    judge.check(operation.id, given);
    const type = String(given.headers["content-type"]).split(";", 1)[0];
    if (given.text !== "") expect(type).toBe(example.mediaType ?? "application/json");
  });
});

describe("a refusal is as the document says", () => {
  test.each(operations.filter(({ lock }) => lock !== "none"))(
    "$route without a key",
    async ({ id, route }) => {
      const [method = "", path = ""] = route.split(" ");
      const given = await send(method, described.url + path.replaceAll(/\{\w+\}/g, "x"), null);
      expect(given.status).toBe(401);
      judge.check(id, given);
    },
  );

  const posted = operations.filter(
    ({ body, lock }) => body !== undefined && body.mediaType === undefined && lock === "key",
  );
  test.each(posted)("$route with a body that is none", async (operation) => {
    const example = { summary: "", status: 400 };
    const given = await sendExample(described, operation, { ...example, body: [] as never });
    expect(given.status).toBe(400);
    judge.check(operation.id, given);
  });

  const spoken = operations.filter(({ route }) => route.startsWith("GET /v1/"));
  test.each(spoken)("$route for a caller of Anthropic's API", async ({ id, route, lock }) => {
    if (lock === "none") return;
    const [, path = ""] = route.split(" ");
    const headers = { "anthropic-version": "2023-06-01" };
    const given = await get(described.url + path.replaceAll(/\{\w+\}/g, "x"), headers);
    expect(given.status).toBe(401);
    judge.check(id, given);
  });
});

test("every form of an answer that is no error has an example", () => {
  const shown = new Set(
    cases.map(({ operation, example }) => [operation.id, example.status, example.mediaType].join(" ")),
  );
  // What a browser is shown or has kept, what needs the build, and what a gateway says that is about to stop: other tests ask for these.
  const elsewhere =
    /^(?:get(?:Root|Docs|DocsFile|Console|ConsoleFile) |getImageFile (?:304|200 image\/(?:png|jpeg))|getHealth 503|getMetrics 401)/;
  const missing = operations
    .flatMap(({ id, answers }) =>
      answers.flatMap(({ status, contents = { "": {} } }) =>
        Object.keys(contents).map((type) =>
          [id, status, ["application/json", ""].includes(type) ? undefined : type].join(" "),
        ),
      ),
    )
    .filter((one) => !shown.has(one) && !elsewhere.test(one));
  expect(missing).toEqual([]);
});

test("the judge fails what the document does not say", async () => {
  const { text, ...given } = await get(`${described.url}/health`);
  const check = (changed: object, headers = given.headers) =>
    judge.check("getHealth", { ...given, headers, text: JSON.stringify(changed) });
  expect(check(JSON.parse(text))).toEqual([]);
  expect(() => check({ ...JSON.parse(text), more: 1 })).toThrow(/additional properties/);
  expect(() => check({ status: "ok" })).toThrow(/required property 'message'/);
  expect(() => check(JSON.parse(text), { ...given.headers, "x-new": "1" })).toThrow(/headers/);
  const lines = await post(`${described.url}/api/generate`, { model: "auto", prompt: "Hi" }, secrets.key);
  const checkLines = (changed: string) => judge.check("createOllamaGenerate", { ...lines, text: changed });
  const last = lines.text.trimEnd().split("\n").at(-1) ?? "";
  expect(checkLines(lines.text)).toEqual([]);
  expect(() => checkLines(lines.text.replace(`${last}\n`, ""))).toThrow(/the last line/);
  expect(() => checkLines(`${last}\n${lines.text}`)).toThrow(/nothing follows/);
  expect(() => checkLines(`{"colour":"red"}\n${lines.text}`)).toThrow(/line 0/);
  expect(() => checkLines(lines.text.trimEnd())).toThrow(/is whole/);
  expect(() => findAnswer(described.document, "getHealth", 418)).toThrow(/no 418/);
  expect(secrets.none).toEqual({});
});
