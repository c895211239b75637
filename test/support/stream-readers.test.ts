/** The readers themselves: what each of them can't read is what they are there for. */
import { expect, test } from "vitest";

import { readByAll } from "./stream-readers/index.ts";

const unnamed = { unnamed: true };
const named = { unnamed: false };
const chunk = (id: number) => `data: {"id":${id}}\n\n`;
const end = "data: [DONE]\n\n";

test.each([
  ["chunks", `${chunk(1)}${chunk(2)}${end}`, unnamed],
  ["nothing", "", unnamed],
  ["a failure at the end", `${chunk(1)}data: {"error":{"message":"x"}}\n\n`, unnamed],
  ["named events", 'event: a\ndata: {"type":"a"}\n\nevent: b\ndata: {"type":"b"}\n\n', named],
  ["comments that are lines of the next event", ': one\n: two\nevent: a\ndata: {"type":"a"}\n\n', named],
  ["data without a space", 'data:{"id":1}\n\n', unnamed],
])("all can read %s", (_name, text, of) => {
  expect(() => readByAll(text, of)).not.toThrow();
});

test.each([
  [
    "a comment as an event of its own",
    `: still working\n\n${chunk(1)}${end}`,
    named,
    "openai-go before 3.43",
  ],
  ["an event of a name only", `event: ping\n\n${chunk(1)}`, named, "openai-go before 3.43"],
  ["an empty line too many", `${chunk(1)}\n${end}`, named, "openai-go before 3.43"],
  ["empty data", `data: \n\n${chunk(1)}`, named, "openai-go before 3.43"],
  ["a field error without an error", 'data: {"id":1,"error":null}\n\ndata: {"id":2}\n\n', named, "openai-go"],
  ["a comment in front of a chunk", `: x\n${chunk(1)}${end}`, unnamed, "Dify of old"],
  ["a named event among chunks", `event: a\n${chunk(1)}${end}`, unnamed, "Dify of old"],
  ["data in two lines", 'data: {"id":\ndata: 1}\n\n', unnamed, "Dify of old"],
  ["no JSON", "data: x\n\n", named, "the specification"],
])("%s is too much for somebody", (_name, text, of, reader) => {
  expect(() => readByAll(text, of)).toThrow(reader);
});
