import { expect, test } from "vitest";

import { post } from "../../support/post.ts";
import { startStack } from "../../support/start-stack.ts";

const secrets = ["words-of-a-token", "words-of-a-cookie", "words-of-a-header"] as const;

test.each([
  ["in a stream", { kind: "three", message: `I was given ${secrets.join(" and ")}` }],
  ["as a page", { kind: "http", status: 500, body: { error: `I was given ${secrets.join(" and ")}` } }],
] as const)(
  "what an instance quotes of the operator's own secrets is blotted out: %s",
  async (_where, error) => {
    const [AKASH_ACCESS_TOKEN, cookie] = secrets;
    await using stack = await startStack({
      env: { AKASH_ACCESS_TOKEN, AKASH_COOKIE: `a=b; clearance=${cookie}` },
      simulator: { accessToken: AKASH_ACCESS_TOKEN },
    });
    stack.simulator.enqueue({ error });
    const body = { model: "DeepSeek-V3.2", messages: [{ role: "user", content: "Hello" }] };
    const { text } = await post(`${stack.url}/v1/chat/completions`, body);
    expect(text).toContain("I was given [key] and [key] and");
  },
);
