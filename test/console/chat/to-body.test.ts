import { expect, test } from "vitest";

import type { AnswerTurn, Chat, Turn, UserTurn } from "../../../src/console/domain/chat/chat.ts";
import {
  isDue,
  listOpenCalls,
  plainSettings,
  titleOf,
  toRest,
} from "../../../src/console/domain/chat/chat.ts";
import { costOf, listGroup, paceOf, sumGroup } from "../../../src/console/domain/chat/figures-of.ts";
import {
  checkArguments,
  findErrors,
  guessTokens,
  listParameters,
} from "../../../src/console/domain/chat/read-settings.ts";
import { toBody, toMessages } from "../../../src/console/domain/chat/to-body.ts";

const user = (text: string, images: readonly string[] = []): UserTurn => ({
  kind: "user",
  id: text,
  text,
  images,
});
const answer = (text: string, more: Partial<AnswerTurn> = {}): AnswerTurn => ({
  kind: "answer",
  id: text,
  model: "m",
  state: "done",
  thinking: "",
  text,
  calls: [],
  ...more,
});

test("nothing is sent that nobody asked for", () => {
  expect(toBody({ model: "m", turns: [user("Hi")] }, plainSettings)).toEqual({
    model: "m",
    messages: [{ role: "user", content: "Hi" }],
    stream: true,
    stream_options: { include_usage: true },
  });
});

test("all settings reach the body", () => {
  const tool = { name: "f", description: "", parameters: '{"type":"object"}' };
  const body = toBody(
    { model: "m", turns: [user("Hi", ["data:image/png;base64,AA=="])] },
    {
      system: "S",
      temperature: "0.7",
      topP: "1",
      maxTokens: "9",
      stop: String.raw`a, \n`,
      thinking: "none",
      tools: [tool],
      toolChoice: "required",
      schema: '{"type":"object"}',
      trace: true,
    },
  );
  expect(body).toEqual({
    model: "m",
    temperature: 0.7,
    top_p: 1,
    max_tokens: 9,
    stop: ["a", "\n"],
    reasoning_effort: "none",
    messages: [
      { role: "system", content: "S" },
      {
        role: "user",
        content: [
          { type: "text", text: "Hi" },
          { type: "image_url", image_url: { url: "data:image/png;base64,AA==" } },
        ],
      },
    ],
    tools: [{ type: "function", function: { name: "f", parameters: { type: "object" } } }],
    tool_choice: "required",
    response_format: { type: "json_schema", json_schema: { name: "answer", schema: { type: "object" } } },
    stream: true,
    stream_options: { include_usage: true },
  });
});

test("an answer that broke off and what it went on with are one; calls stand with their results; empty answers are none", () => {
  const call = { id: "c", name: "f", arguments: "{}", result: "no", isError: true };
  const turns: readonly Turn[] = [
    user("a"),
    answer("One, ", { state: "cut" }),
    answer("two", { calls: [call, { id: "d", name: "g", arguments: "{}" }] }),
    answer("", { state: "failed" }),
    answer("Three"),
  ];
  expect(toMessages(turns)).toEqual([
    { role: "user", content: "a" },
    {
      role: "assistant",
      content: "One, two",
      tool_calls: [{ id: "c", type: "function", function: { name: "f", arguments: "{}" } }],
    },
    { role: "tool", tool_call_id: "c", content: "Error: no" },
    { role: "assistant", content: "Three" },
  ]);
});

const errors = (change: object) => findErrors({ ...plainSettings, ...change });

test("what can't be sent is named", () => {
  expect(errors({})).toEqual([]);
  expect(errors({ temperature: "2.1", topP: "-1", maxTokens: "1.5", schema: "{" })).toEqual([
    "temperature",
    "topP",
    "maxTokens",
    "schema",
  ]);
  expect(errors({ temperature: "warm" })).toEqual(["temperature"]);
  expect(errors({ schema: "[]" })).toEqual(["schema"]);
  expect(errors({ maxTokens: "0" })).toEqual(["maxTokens"]);
});

test("arguments are looked at: JSON, and with all that the schema requires", () => {
  const tool = {
    name: "f",
    description: "",
    parameters: '{"type":"object","properties":{"city":{},"day":{}},"required":["city"]}',
  };
  expect(listParameters(tool)).toEqual(["city", "day"]);
  expect(listParameters({ ...tool, parameters: "{" })).toEqual([]);
  expect(checkArguments('{"city":1}', tool)).toBeUndefined();
  expect(checkArguments('{"day":1}', tool)).toEqual({ kind: "missing", name: "city" });
  expect(checkArguments('{"city"', tool)).toEqual({ kind: "no-json" });
  expect(checkArguments("{}", undefined)).toBeUndefined();
});

test("tokens are guessed for both ways of writing", () => {
  expect(guessTokens("Answer in two sentences.")).toBe(6);
  expect(guessTokens("请用两句话回答")).toBe(7);
});

const isFree = (name: string) => name === "web";
const usage = { input: 100, output: 50, thinking: 10 };

test("an answer with calls and the one behind it count as one", () => {
  const first = answer("x", { firstMs: 800, ms: 2000, usage, upstream: "web" });
  const second = answer("y", { firstMs: 400, ms: 3000, usage, upstream: "akashml" });
  const turns = [user("a"), answer("z"), user("b"), first, second];
  expect(listGroup(turns, second)).toEqual([first, second]);
  const sum = sumGroup([first, second]);
  expect(sum).toEqual({
    firstMs: 800,
    ms: 5000,
    usage: { input: 200, output: 100, thinking: 20 },
    guessedOutput: 100,
    guessedThinking: 20,
  });
  expect(paceOf(sum, sum.ms)).toBeCloseTo(100 / 4.2);
  expect(paceOf(sum, 800)).toBeUndefined();
  expect(sumGroup([answer("12345678")]).usage).toBeUndefined();
  expect(sumGroup([answer("12345678")]).guessedOutput).toBe(2);
  const leg = {
    model: "m",
    answers_now: true,
    tools: "native",
    json_schema: "native",
    thinking: "native",
    images: "none",
  } as const;
  const model = {
    id: "m",
    kind: "chat",
    alias_of: null,
    answers_now: true,
    context_length: null,
    max_output_length: null,
    upstreams: [
      { ...leg, name: "web", pricing: null },
      { ...leg, name: "akashml", pricing: { prompt: "0.000001", completion: "0.00001" } },
    ],
  } as const;
  expect(costOf([first, second], [model], isFree)).toBeCloseTo(0.0006);
  expect(costOf([first], [model], isFree)).toBe(0);
  expect(costOf([first], [model], () => false)).toBeUndefined();
});

test("a chat is called by its first words, and at rest nothing of it runs", () => {
  const running = answer("half", { state: "streaming" });
  const chat: Chat = {
    id: "1",
    title: "",
    at: 0,
    settings: plainSettings,
    lanes: [{ model: "m", turns: [user(" Weather in Lisbon\nand more"), running] }],
  };
  expect(titleOf(chat)).toBe("Weather in Lisbon");
  expect(titleOf({ ...chat, title: "Mine" })).toBe("Mine");
  expect(toRest(chat).lanes[0]?.turns[1]).toMatchObject({ text: "half", state: "stopped" });
  const call = { id: "c", name: "f", arguments: "{}" };
  expect(listOpenCalls({ model: "m", turns: [answer("", { calls: [call] })] })).toEqual([call]);
  expect(listOpenCalls({ model: "m", turns: [answer("", { calls: [call], state: "cut" })] })).toEqual([]);
});

const due = (...turns: Turn[]) => isDue({ model: "m", turns });

test("a model is to say something where the user was last, or where all calls are told", () => {
  const call = { id: "c", name: "f", arguments: "{}" };
  const told = { ...call, result: "" };
  expect([due(user("Hi")), due(user("Hi"), answer("", { calls: [told] }))]).toEqual([true, true]);
  const not = [
    answer("Hello"),
    answer("", { calls: [told, call] }),
    answer("", { calls: [told], state: "cut" }),
  ];
  expect([due(), ...not.map((one) => due(user("Hi"), one))]).toEqual([false, false, false, false]);
});
