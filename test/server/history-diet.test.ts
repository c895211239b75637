/** `HISTORY_DIET` and `x-history-diet` over real sockets: what the model reads of old results, in each API. */
import { describe, expect, test } from "vitest";

import type { ChatBody } from "../../src/simulator/index.ts";
import { post } from "../support/post.ts";
import { startStack, type Stack } from "../support/start-stack.ts";

const model = "DeepSeek-V3.2";
const parameters = { type: "object", properties: { path: { type: "string" } } };
const file = Array.from({ length: 200 }, (_, at) => `old line ${at + 1}`).join("\n");
const fresh = file.replaceAll("old", "fresh");
/** The results of five turns, the oldest first: two are old. */
const results = [file, file, "ok", "ok", fresh];
const ask = "Mend it, and say why.";

const input = (call: string, output: string, extra: object = {}) => [
  { type: call, call_id: "ID", ...extra },
  { type: output, call_id: "ID" },
];

/** The same conversation in each API, and with each kind of result. */
const bodies: Record<string, { path: string; body: object }> = {
  "Chat Completions": {
    path: "/v1/chat/completions",
    body: {
      messages: [
        { role: "user", content: ask },
        ...results.flatMap((content, at) => [
          {
            role: "assistant",
            content: "I look.",
            tool_calls: [
              { id: `c${at}`, type: "function", function: { name: "read", arguments: `{"path":"a${at}"}` } },
            ],
          },
          { role: "tool", tool_call_id: `c${at}`, content },
        ]),
      ],
      tools: [{ type: "function", function: { name: "read", parameters } }],
    },
  },
  Messages: {
    path: "/v1/messages",
    body: {
      max_tokens: 500,
      messages: [
        { role: "user", content: ask },
        ...results.flatMap((content, at) => [
          {
            role: "assistant",
            content: [
              { type: "text", text: "I look." },
              { type: "tool_use", id: `c${at}`, name: "read", input: { path: `a${at}` } },
            ],
          },
          { role: "user", content: [{ type: "tool_result", tool_use_id: `c${at}`, content }] },
        ]),
      ],
      tools: [{ name: "read", input_schema: parameters }],
    },
  },
  ...Object.fromEntries(
    (
      [
        [
          "function calls",
          "function_call",
          "function_call_output",
          { name: "read", arguments: "{}" },
          { type: "function", name: "read", parameters },
        ],
        [
          "custom tools",
          "custom_tool_call",
          "custom_tool_call_output",
          { name: "read", input: "a" },
          { type: "custom", name: "read" },
        ],
        ["shell", "shell_call", "shell_call_output", { action: { commands: ["ls"] } }, { type: "shell" }],
      ] as const
    ).map(([kind, call, output, extra, tool]) => [
      `Responses, ${kind}`,
      {
        path: "/v1/responses",
        body: {
          input: [
            { role: "user", content: ask },
            ...results.flatMap((text, at) => {
              const [made = {}, came = {}] = input(call, output, extra);
              const shown =
                kind === "shell"
                  ? [{ stdout: text, stderr: "", outcome: { type: "exit", exit_code: 0 } }]
                  : text;
              return [
                { role: "assistant", content: "I look." },
                { ...made, call_id: `c${at}` },
                { ...came, call_id: `c${at}`, output: shown },
              ];
            }),
          ],
          tools: [tool],
        },
      },
    ]),
  ),
};

/** What the model read last. */
function prompt({ simulator }: Stack): string {
  const body = simulator.chats.at(-1)?.body as ChatBody | undefined;
  return (body?.messages ?? []).map(({ content }) => content).join("\n");
}

const count = (text: string, part: string) => text.split(part).length - 1;

describe.each(Object.entries(bodies))("%s", (_, { path, body }) => {
  const send = (stack: Stack, headers: Record<string, string> = {}) =>
    post(stack.url + path, { model, ...body }, headers);

  test("old results are shortened by header, and by setting; the header wins", async () => {
    await using off = await startStack();
    await using on = await startStack({ env: { HISTORY_DIET: "on" } });
    const seen: boolean[] = [];
    for (const [stack, headers] of [
      [off, {}],
      [off, { "x-history-diet": "on" }],
      [on, {}],
      [on, { "x-history-diet": "off" }],
    ] as const) {
      expect((await send(stack, headers)).status).toBe(200);
      const text = prompt(stack);
      seen.push(text.includes("old line 100"));
      // The newest result and all words are whole in any case.
      expect(text).toContain("fresh line 100");
      expect(text).toContain(ask);
      expect(count(text, "I look.")).toBe(5);
    }
    expect(seen).toEqual([true, false, false, true]);
  });

  test("the same result is sent once, a long one by its ends", async () => {
    await using stack = await startStack({ env: { HISTORY_DIET: "on" } });
    await send(stack);
    const text = prompt(stack);
    expect(count(text, "the same as a later result")).toBe(1);
    expect(count(text, "old line 1\n")).toBe(1);
    expect(count(text, "old line 200")).toBe(1);
    expect(text).toMatch(/\[… \d+ (lines|characters) of this old result left out/);
  });

  test("a wrong wish is refused by its name", async () => {
    await using stack = await startStack();
    const reply = await send(stack, { "x-history-diet": "yes" });
    expect([reply.status, reply.json().error.message]).toEqual([
      400,
      expect.stringContaining("'x-history-diet' must be on or off"),
    ]);
  });
});

test("both counts of tokens follow the diet", async () => {
  await using stack = await startStack();
  for (const [path, { body } = { body: {} }] of [
    ["/v1/messages/count_tokens", bodies["Messages"]],
    ["/v1/responses/input_tokens", bodies["Responses, function calls"]],
  ] as const) {
    const counts = await Promise.all(
      ["on", "off"].map(async (diet) =>
        (await post(stack.url + path, { model, ...body }, { "x-history-diet": diet })).json(),
      ),
    );
    expect(counts[0].input_tokens).toBeLessThan(counts[1].input_tokens - 1000);
  }
});
