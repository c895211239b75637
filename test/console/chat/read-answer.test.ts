import { expect, test } from "vitest";

import type { AnswerTurn } from "../../../src/console/domain/chat/chat.ts";
import { createPartReader } from "../../../src/console/domain/chat/event-lines.ts";
import {
  addChunk,
  addPicture,
  endAnswer,
  readErrorFrame,
  readHead,
  readProgress,
} from "../../../src/console/domain/chat/read-answer.ts";

const empty: AnswerTurn = {
  kind: "answer",
  id: "a",
  model: "m",
  state: "waiting",
  thinking: "",
  text: "",
  calls: [],
};
const chunk = (delta: object, more: object = {}) => JSON.stringify({ choices: [{ delta, ...more }] });

test("an answer grows by its chunks, and knows when it thought and when it spoke", () => {
  const chunks: readonly (readonly [string, number])[] = [
    [chunk({ role: "assistant", content: "" }), 100],
    [chunk({ reasoning_content: "Hm" }), 500],
    [chunk({}), 700],
    [chunk({ reasoning_content: "m." }), 800],
    [chunk({ content: "Yes" }), 900],
    [chunk({ content: "." }), 1000],
    [chunk({}, { finish_reason: "stop" }), 1100],
    [
      JSON.stringify({
        choices: [],
        usage: { prompt_tokens: 3, completion_tokens: 5, completion_tokens_details: { reasoning_tokens: 2 } },
      }),
      1100,
    ],
  ];
  const grown = chunks.reduce((answer, [data, ms]) => addChunk(answer, data, ms), empty);
  expect(endAnswer(grown, { ms: 1200, isWhole: true })).toEqual({
    ...empty,
    state: "done",
    thinking: "Hmm.",
    text: "Yes.",
    firstMs: 500,
    thoughtMs: 900,
    ms: 1200,
    finish: "stop",
    usage: { input: 3, output: 5, thinking: 2 },
  });
});

test("calls come in pieces, side by side", () => {
  const grown = [
    { tool_calls: [{ index: 0, id: "c0", function: { name: "f", arguments: '{"a' } }] },
    { tool_calls: [{ index: 1, id: "c1", function: { name: "g", arguments: "{}" } }] },
    { tool_calls: [{ index: 0, function: { arguments: '":1}' } }] },
  ].reduce((answer, delta) => addChunk(answer, chunk(delta), 5), empty);
  expect(grown.calls).toEqual([
    { id: "c0", name: "f", arguments: '{"a":1}' },
    { id: "c1", name: "g", arguments: "{}" },
  ]);
});

test("what is no chunk changes nothing", () => {
  for (const data of ["", "null", "[]", "{}", '{"choices":3}', '{"choices":[{"delta":{"content":7}}]}'])
    expect(addChunk(empty, data, 1)).toEqual(empty);
});

test("how it ended: whole, cut after something came, failed before", () => {
  const begun = addChunk(empty, chunk({ content: "x" }), 1);
  const problem = { by: "error", message: "broke off" } as const;
  expect(endAnswer(begun, { ms: 9, isWhole: false, problem })).toMatchObject({
    state: "cut",
    problem,
    ms: 9,
  });
  expect(endAnswer(begun, { ms: 9, isWhole: false })).toMatchObject({ state: "cut", problem: { by: "end" } });
  expect(endAnswer(empty, { ms: 9, isWhole: false, problem })).toMatchObject({ state: "failed" });
  expect(readErrorFrame('{"error":{"message":"broke off"}}')).toBe("broke off");
  expect(readErrorFrame('{"error":null}')).toBe("The gateway told of an error.");
  expect(readErrorFrame(chunk({}))).toBeUndefined();
});

test("the heads tell who answered, its id, and whether there is a trace", () => {
  const heads = new Map([
    ["x-upstream", "akashml/deepseek-ai/DeepSeek-V3.2"],
    ["x-request-id", "req_1"],
    ["x-trace", "trc_1"],
  ]);
  expect(readHead(empty, (name) => heads.get(name) ?? null)).toEqual({
    ...empty,
    upstream: "akashml",
    requestId: "req_1",
    isTraced: true,
  });
});

test("a stream of pictures tells how they are doing, in comments in front of its events", () => {
  const stream = `: progress {"index":0,"status":"pending","queue_position":3,"elapsed_ms":40}\n:\nevent: image_generation.completed\r\ndata: {"url":"http://g/v1/images/files/a.webp?sig=1",\ndata: "revised_prompt":"A [red]\\nboat"}\n\n`;
  for (let cut = 0; cut <= stream.length; cut += 1) {
    const read = createPartReader();
    const parts = [...read(stream.slice(0, cut)), ...read(stream.slice(cut))];
    expect(parts.map(({ kind }) => kind)).toEqual(["comment", "comment", "event"]);
    const [told, , drawn] = parts;
    expect(told?.kind === "comment" && readProgress(told.text)).toEqual({
      status: "pending",
      queuePosition: 3,
    });
    const answer = drawn?.kind === "event" ? addPicture(empty, drawn.data, "boat", 7) : empty;
    expect(answer).toMatchObject({
      text: "![A red boat](http://g/v1/images/files/a.webp?sig=1)",
      firstMs: 7,
    });
  }
  expect(addPicture(empty, '{"b64_json":"AAAA","output_format":"png"}', "a `b`", 1).text).toBe(
    "![a b](data:image/png;base64,AAAA)",
  );
});
