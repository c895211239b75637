import { describe, expect, test } from "vitest";

import { createToolTeacher } from "../../src/completion/teach-tools.ts";
import { textOnly } from "../../src/model/capabilities.ts";
import type { ChatRequest, Message, ToolDetail } from "../../src/model/request.ts";
import { createLoneWork } from "../../src/shaping/schema/schema-work.ts";
import { createPace } from "../../src/stream/pace.ts";
import { createRequest } from "../support/create-request.ts";
import { agentTools } from "../fixtures/tool-calls/agent-tools.ts";

const model = { id: "DeepSeek-V3.2", kind: "chat", contextLength: 64_000 } as const;
/** Nothing takes long by this clock. */
const pace = createPace({ now: () => 0, turn: () => Promise.resolve() });
const says = (text: string): Message => ({ role: "user", parts: [{ type: "text", text }] });

/** A teacher, whose purse can be filled and emptied. */
function setUp(detail: ToolDetail = "auto", left?: number) {
  const purse: { left: number | undefined } = { left };
  const teacher = createToolTeacher({ detail });
  const teach = (extra: Partial<ChatRequest> = {}, contextLength: number = model.contextLength) =>
    teacher(
      createRequest({ tools: agentTools, ...extra }),
      { model: { ...model, contextLength }, can: textOnly, tokensLeft: () => purse.left },
      { work: createLoneWork(), pace },
    );
  return { purse, teach };
}

// The 24 tools are some 10,000 tokens.
test.each<[ToolDetail, number | undefined, number, ToolDetail | undefined, "full" | "short"]>([
  ["full", 1000, 8000, undefined, "full"],
  ["short", undefined, 1_000_000, undefined, "short"],
  ["auto", undefined, 64_000, undefined, "full"],
  ["auto", 120_000, 64_000, undefined, "full"],
  ["auto", 90_000, 64_000, undefined, "short"],
  ["auto", 25_000, 64_000, undefined, "short"],
  ["auto", undefined, 32_000, undefined, "short"],
  ["auto", 25_000, 64_000, "full", "full"],
  ["full", undefined, 64_000, "short", "short"],
  ["full", 25_000, 64_000, "auto", "short"],
])(
  "TOOL_DETAIL=%s, %s tokens left, a context of %i, and the wish for %s: %s",
  async (detail, left, context, toolDetail, expected) => {
    const { teach } = setUp(detail, left);
    const taught = await teach(toolDetail === undefined ? {} : { toolDetail }, context);
    expect(taught.shortened.size).toBe(expected === "short" ? 24 : 0);
    expect(taught.prompt.length > 30_000).toBe(expected === "full");
  },
);

test("nothing is taught where no tool may be called", async () => {
  expect((await setUp("short").teach({ tools: [] })).prompt).toBe("");
  expect((await setUp("short").teach({ toolChoice: { kind: "none" } })).prompt).toBe("");
});

test("a short list stays full, however little is left", async () => {
  expect((await setUp("auto", 0).teach({ tools: agentTools.slice(2, 3) })).shortened.size).toBe(0);
});

test("what is told in words alone is never shortened", async () => {
  const tools = agentTools.map((tool) => ({ ...tool, inWords: tool.name === "Edit" }));
  expect([...(await setUp("short").teach({ tools })).shortened]).toEqual(
    agentTools.map(({ name }) => name).filter((name) => name !== "Edit"),
  );
});

test("many tools that were never told before are told in a turn of their own", async () => {
  let turns = 0;
  const counting = createPace({ now: () => 0, turn: () => Promise.resolve((turns += 1)) });
  const teacher = createToolTeacher({ detail: "full" });
  const teach = (tools: ChatRequest["tools"]) =>
    teacher(
      createRequest({ tools }),
      { model, can: textOnly, tokensLeft: () => undefined },
      { work: createLoneWork(), pace: counting },
    );
  const fresh = [...agentTools];
  const { prompt } = await teach(fresh);
  expect(turns).toBe(1);
  expect((await teach(fresh)).prompt).toBe(prompt);
  expect(turns).toBe(1);
  await teach(agentTools.slice(0, 2));
  expect(turns).toBe(1);
});

describe("in one conversation", () => {
  const begun = [says("Mend it.")];
  const later = [
    ...begun,
    { role: "assistant", parts: [{ type: "text", text: "How?" }] },
    says("Well."),
  ] as const;

  test("auto goes to short when little is left, and not back when there is a new budget", async () => {
    const { purse, teach } = setUp("auto", 200_000);
    expect((await teach({ messages: begun })).shortened.size).toBe(0);
    purse.left = 20_000;
    expect((await teach({ messages: later })).shortened.size).toBe(24);
    purse.left = 200_000;
    expect((await teach({ messages: later })).shortened.size).toBe(24);
    expect((await teach({ messages: [says("Another.")] })).shortened.size).toBe(0);
  });

  test("a tool that was called wrongly is told in full from then on", async () => {
    const { teach } = setUp("short");
    const first = await teach({ messages: begun });
    first.onMisfit?.("Bash");
    const second = await teach({ messages: later });
    expect(second.shortened.has("Bash")).toBe(false);
    expect(second.shortened.size).toBe(23);
    expect(second.prompt.length - first.prompt.length).toBeGreaterThan(1000);
    expect((await teach({ messages: [says("Another.")] })).shortened.has("Bash")).toBe(true);
  });

  test("so is one whose wrong call was passed on and comes back in the history", async () => {
    const { teach } = setUp("short");
    const call = { type: "tool-call", callId: "1", name: "Read", arguments: '{"file":"a"}' } as const;
    const result = { type: "tool-result", callId: "1", content: [], isError: true } as const;
    const back: readonly Message[] = [
      ...begun,
      { role: "assistant", parts: [call] },
      { role: "tool", parts: [result] },
    ];
    expect((await teach({ messages: back })).shortened.has("Read")).toBe(false);
    // Also when that call is not the last any more.
    expect((await teach({ messages: [...back, says("Go on.")] })).shortened.has("Read")).toBe(false);
    expect(
      (await teach({ messages: [...back, { role: "assistant", parts: [] }] })).shortened.has("Read"),
    ).toBe(false);
  });
});

test("a long list is told in turns of its own, one for each of its two forms", async () => {
  let turns = 0;
  let now = 0;
  const slow = createPace({
    now: () => (now += 20),
    turn() {
      turns += 1;
      return Promise.resolve();
    },
  });
  const tools = Array.from({ length: 101 }, (_, at) => ({ ...agentTools[0], name: `tool_${at}` }));
  const teach = createToolTeacher({ detail: "auto" });
  const request = createRequest({ tools: tools as ChatRequest["tools"] });
  const { shortened } = await teach(
    request,
    { model, can: textOnly, tokensLeft: () => 0 },
    { work: createLoneWork(), pace: slow },
  );
  expect(shortened.size).toBe(101);
  expect(turns).toBe(3);
});
