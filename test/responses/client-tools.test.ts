import OpenAI from "openai";
import { expect, test } from "vitest";
import { startStack } from "../support/start-stack.ts";

const model = "DeepSeek-V3.2";
const tools: OpenAI.Responses.Tool[] = [
  { type: "shell", environment: { type: "local" } },
  { type: "apply_patch" },
];

/** How models write calls when nothing but text is left to them. */
function written(name: string, args: object): string {
  return `<tool_call>\n${JSON.stringify({ name, arguments: args })}\n</tool_call>`;
}

test("the client runs shell and apply_patch: streamed, whole, and on in a chain of stored responses", async () => {
  await using stack = await startStack();
  const { simulator } = stack;
  const client = new OpenAI({ baseURL: `${stack.url}/v1`, apiKey: "any", maxRetries: 0 });
  simulator.enqueue({ text: `I look.\n${written("shell", { commands: ["ls", "cat a.js"] })}` });
  const patch = { operation: "update_file", path: "a.js", diff: "@@\n-b\n+c\n" };
  simulator.enqueue({ text: written("apply_patch", patch) });
  simulator.enqueue({ text: "Done." });

  const first = await client.responses.stream({ model, input: "Mend a.js", tools }).finalResponse();
  const call = first.output.at(-1);
  if (call?.type !== "shell_call") throw new Error(JSON.stringify(first.output));
  expect(call).toMatchObject({
    status: "completed",
    action: { commands: ["ls", "cat a.js"] },
    environment: { type: "local" },
  });
  expect(first.tools).toEqual(tools);
  expect((await client.responses.retrieve(first.id)).output.at(-1)).toEqual(call);

  const outcome = { type: "exit", exit_code: 0 } as const;
  const { call_id } = call;
  const second = await client.responses.create({
    model,
    tools,
    previous_response_id: first.id,
    input: [{ type: "shell_call_output", call_id, output: [{ stdout: "a.js\n", stderr: "", outcome }] }],
  });
  const [change] = second.output;
  if (change?.type !== "apply_patch_call") throw new Error(JSON.stringify(second.output));
  expect(change.operation).toEqual({ type: "update_file", path: "a.js", diff: "@@\n-b\n+c\n" });

  const third = await client.responses.create({
    model,
    tools,
    previous_response_id: second.id,
    input: [{ type: "apply_patch_call_output", call_id: change.call_id, status: "failed", output: "No b." }],
  });
  expect(third.output_text).toBe("Done.");
  const sent = JSON.stringify(simulator.chats.at(-1)?.body);
  for (const part of ["cat a.js", String.raw`a.js\n(exit code 0)`, "update_file", "No b."])
    expect(sent).toContain(part);
});
