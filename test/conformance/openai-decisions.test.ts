/** What docs/api.md says of each parameter of the OpenAI APIs is true: each is sent, over a real socket. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { readDecided } from "../support/read-decisions.ts";
import { get, post, type AnyJson, type Reply } from "../support/post.ts";
import { startStack, type Stack } from "../support/start-stack.ts";
import { examples, type Example } from "./support/openai-examples/index.ts";

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ env: { VISION_MODELS: "*" } });
});
afterAll(() => stack.close());

async function answer(body: object, path = "/v1/responses"): Promise<AnyJson> {
  return (await post(stack.url + path, body)).json();
}

async function send({ path, body }: Example): Promise<Reply> {
  return body === undefined ? get(stack.url + path) : post(stack.url + path, body);
}

function namesOf({ headers }: Reply): string[] {
  return String(headers["x-ignored-parameters"] ?? "")
    .split(", ")
    .filter((name) => name !== "");
}

/** Whether one of the names is that of a parameter, in whatever place: `tools.strict`, `input[mcp_call]`. */
function isNamed(name: string, names: readonly string[]): boolean {
  return names.some((given) => given === name || given.endsWith(`.${name}`) || given.endsWith(`[${name}]`));
}

describe.each(Object.entries(examples))("%s", async (heading, own) => {
  const decided = await readDecided(heading);

  test("has an example of each decision, and of nothing else", () => {
    expect(Object.keys(own).toSorted()).toEqual([...decided.keys()].toSorted());
  });

  test.each([...decided])("%s is as the documentation says", async (name, { state, remark }) => {
    const example = own[name];
    if (example === undefined) throw new Error(`There is no example of ${name}.`);
    const reply = await send(typeof example === "function" ? await example(answer) : example);
    const names = namesOf(reply);
    // Akash Chat, the only upstream here, is not one of those.
    const isByOthers = remark.startsWith("by upstreams") || remark.startsWith("by servers");
    if (state === "refused" || (isByOthers && remark.includes("refused"))) {
      expect(reply.status, reply.text).toBe(400);
      const { error }: AnyJson = reply.json();
      expect(error.param + error.message).toContain(name);
      return;
    }
    expect(reply.status, reply.text).toBe(200);
    const isShown =
      isByOthers || state === "by upstream" || (state === "ignored" && !remark.startsWith("read over"));
    expect(isNamed(name, names), names.join(", ")).toBe(isShown);
  });
});

test("every name of an answer's header is one that was sent", async () => {
  const body = { model: "DeepSeek-V3.2", messages: [{ role: "user", content: "Hi" }] };
  expect(namesOf(await post(`${stack.url}/v1/chat/completions`, body))).toEqual([]);
  expect(namesOf(await post(`${stack.url}/v1/responses`, { model: body.model, input: "Hi" }))).toEqual([]);
});
