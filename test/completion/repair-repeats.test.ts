/** A turn that mends an answer says again what the client has already: it is given once. */
import { describe, expect, test } from "vitest";

import { createChatService } from "../../src/completion/create-chat-service.ts";
import { readConfig } from "../../src/config.ts";
import { textOnly } from "../../src/model/capabilities.ts";
import { createCollector, type Block } from "../../src/model/collect.ts";
import { GatewayError } from "../../src/errors.ts";
import type { ChatEvent } from "../../src/model/events.ts";
import type { ToolDefinition } from "../../src/model/request.ts";
import { createRequest } from "../support/create-request.ts";
import { routerOf } from "../support/router-of.ts";
import { blockEvents, expectLegal } from "../support/shape.ts";
import { answerOf } from "../support/sources.ts";

const toTool = (name: string, key: string): ToolDefinition => ({
  name,
  parameters: { type: "object", properties: { [key]: { type: "string" } }, required: [key] },
});
const tools = [toTool("list_files", "path"), toTool("get_weather", "city")];

type Said = string | readonly [name: string, args: unknown] | { readonly raw: string };
const toList = (args: object): Said => ["list_files", args];
const list = toList({ path: "/tmp" });
const good: Said = ["get_weather", { city: "Graz" }];
const bad: Said = ["get_weather", { town: "Graz" }];

const failure = new GatewayError("upstream-truncated", "It broke off.");

type Way = "native" | "emulated";

/** One answer of the model: in blocks as a server reads them, or in the words of the model, a few letters a piece. */
function toEvents(said: readonly Said[], way: Way): ChatEvent[] {
  let ids = 0;
  const blocks = said.map((one): Block => {
    if (typeof one === "string") return { kind: "text", text: one };
    if ("raw" in one) return { kind: "text", text: one.raw };
    const [name, args] = one;
    const json = JSON.stringify(args);
    if (way === "native") return { kind: "tool-call", callId: `call_${(ids += 1)}`, name, arguments: json };
    const text = `\n<tool_call>\n{"name": "${name}", "arguments": ${json}}\n</tool_call>\n`;
    return { kind: "text", text };
  });
  const text = blocks.map((block) => (block.kind === "text" ? block.text : "")).join("");
  const events = blockEvents(way === "native" ? blocks : [{ kind: "text", text }]);
  return events.flatMap((event): ChatEvent | ChatEvent[] =>
    event.type === "block-delta"
      ? (event.text.match(/[^]{1,3}/g) ?? []).map((piece) => ({ ...event, text: piece }))
      : event,
  );
}

async function answer(
  turns: readonly (readonly Said[])[],
  {
    way,
    stream,
    repairs = 1,
    fails = false,
  }: { way: Way; stream: boolean; repairs?: number; fails?: boolean },
) {
  let asked = 0;
  let ids = 0;
  const model = { id: "m", kind: "chat", capabilities: { ...textOnly, tools: way } } as const;
  const service = createChatService({
    config: readConfig({ REPAIR_TURNS: String(repairs), TOOL_ARGUMENTS: stream ? "stream" : "whole" }),
    router: routerOf({
      listModels: () => Promise.resolve([model]),
      async stream(_request, _options, sink) {
        const said = turns[asked];
        asked += 1;
        if (said === undefined) throw new Error("No more turns were expected.");
        let read = "";
        for (const event of toEvents(said, way)) {
          await sink([event]);
          if (event.type === "block-delta") read += event.text;
          if (fails && asked === turns.length && read.includes('"/')) throw failure;
        }
      },
    }),
    images: {
      generate: () => {
        throw new Error("No image was expected.");
      },
      publish: () => "",
    },
    newId: (prefix) => `${prefix}new_${(ids += 1)}`,
  });
  const events: ChatEvent[] = [];
  const signal = new AbortController().signal;
  const context = { signal, baseUrl: "http://gw", whole: !stream };
  const request = createRequest({ model: "m", tools });
  async function read() {
    for await (const batch of answerOf(service, request, context)) events.push(...batch);
  }
  if (fails) {
    await expect(read()).rejects.toBe(failure);
    events.push({ type: "finish", reason: { kind: "stop" }, usage: { estimated: true } });
  } else await read();
  expectLegal(events);
  const collector = createCollector();
  for (const event of events) collector.push(event);
  const { blocks, finish } = collector.result();
  return {
    asked,
    text: blocks.map((block) => (block.kind === "text" ? block.text : "")).join(""),
    calls: blocks.flatMap((block) =>
      block.kind === "tool-call"
        ? [`${block.name} ${Object.values(JSON.parse(block.arguments)).join()}`]
        : [],
    ),
    ids: new Set(blocks.flatMap((block) => (block.kind === "tool-call" ? block.callId : []))).size,
    reason: finish.kind,
  };
}

const ways = (["native", "emulated"] as const).flatMap((way) =>
  [true, false].map((stream) => ({ way, stream })),
);

describe.each(ways)("calls, $way, stream: $stream", ({ way, stream }) => {
  const home = toList({ path: "/home" });
  test.each<[string, (readonly Said[])[], string[]]>([
    [
      "both again",
      [
        [list, bad],
        [list, good],
      ],
      ["list_files /tmp", "get_weather Graz"],
    ],
    ["only what was wrong", [[list, bad], [good]], ["list_files /tmp", "get_weather Graz"]],
    [
      "in another order",
      [
        [list, bad],
        [good, list],
      ],
      ["list_files /tmp", "get_weather Graz"],
    ],
    [
      "with other arguments",
      [
        [list, bad],
        [home, good],
      ],
      ["list_files /tmp", "list_files /home", "get_weather Graz"],
    ],
    [
      "twice from the beginning",
      [
        [list, list, bad],
        [list, list, good],
      ],
      ["list_files /tmp", "list_files /tmp", "get_weather Graz"],
    ],
    [
      "once more than it was given",
      [
        [list, bad],
        [list, list, good],
      ],
      ["list_files /tmp", "list_files /tmp", "get_weather Graz"],
    ],
    ["nothing new", [[list, bad], [list]], ["list_files /tmp"]],
    [
      "and words",
      [
        ["A.", list, bad],
        ["A.", list, "B.", good],
      ],
      ["list_files /tmp", "get_weather Graz"],
    ],
  ])("%s", async (_, turns, calls) => {
    const given = await answer(turns, { way, stream });
    expect(given).toMatchObject({ asked: 2, calls, ids: calls.length, reason: "tool-calls" });
  });

  test("the arguments are the same in other words", async () => {
    const turns = [
      [toList({ path: "/tmp", deep: "1" }), bad],
      [toList({ deep: "1", path: "/tmp" }), good],
    ];
    expect((await answer(turns, { way, stream })).calls).toEqual(["list_files /tmp,1", "get_weather Graz"]);
  });

  test("in each of two more turns", async () => {
    const turns = [
      [list, bad],
      [list, home, bad],
      [list, home, good],
    ];
    const given = await answer(turns, { way, stream, repairs: 2 });
    expect(given).toMatchObject({
      asked: 3,
      calls: ["list_files /tmp", "list_files /home", "get_weather Graz"],
    });
  });

  test("a turn that fails inside of one gives nothing of it", async () => {
    const given = await answer([[list, bad], [toList({ path: "/tmp and more" })]], {
      way,
      stream,
      fails: true,
    });
    expect(given).toMatchObject({ asked: 2, calls: ["list_files /tmp"], reason: "stop" });
  });
});

describe.each([true, false])("text, stream: %s", (stream) => {
  const cut = { raw: '\n<tool_call>\n{"name": "get_weather", "arguments": {"ci' };

  test.each<[string, (readonly Said[])[], string]>([
    [
      "with the same half call",
      [
        ["Looking.", cut],
        ["Looking.", cut],
      ],
      `Looking.${cut.raw}`,
    ],
    ["with more", [["Looking.", cut], ["Looking. It rains."]], "Looking. It rains."],
    ["alone", [["Looking.", cut], ["Looking."]], "Looking."],
    ["and other text", [["Looking.", cut], ["It rains."]], "Looking.\n\nIt rains."],
    [
      "behind a call",
      [
        ["A.", list, "B.", cut],
        ["A.", list, "B. C."],
      ],
      "A.B. C.",
    ],
    [
      "with a call",
      [
        ["Looking.", cut],
        ["Looking.", good],
      ],
      "Looking.",
    ],
  ])("%s", async (_, turns, text) => {
    expect(await answer(turns, { way: "emulated", stream })).toMatchObject({ asked: 2, text });
  });
});
