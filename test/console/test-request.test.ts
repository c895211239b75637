import { expect, test } from "vitest";

import { readTestAnswer, toTestRequest } from "../../src/console/domain/test-request.ts";
import { post } from "../support/post.ts";
import { startStack } from "../support/start-stack.ts";

test.each(["chat", "messages", "responses", "gemini"] as const)(
  "asks over %s, and reads the answer",
  async (dialect) => {
    await using stack = await startStack();
    stack.simulator.enqueue({ text: "Hello from the other side." });
    const { path, body } = toTestRequest(dialect, "DeepSeek-V3.2");
    const answer = await post(`${stack.url}/${path}`, body);
    expect(answer.status).toBe(200);
    expect(readTestAnswer(answer.json())).toBe("Hello from the other side.");
  },
);

test("what is long is cut, and what has no text is empty", () => {
  expect(readTestAnswer({ choices: [{ message: { content: "x".repeat(300) } }] })).toHaveLength(201);
  expect(readTestAnswer({ choices: [{ message: { content: null } }] })).toBe("");
  expect(readTestAnswer({ output: [{}] })).toBe("");
});
