import { describe, expect, test } from "vitest";
import { createBlockWriter } from "../../src/model/block-writer.ts";

const usage = { estimated: false };

describe("createBlockWriter", () => {
  test("opens and closes blocks as the kinds change", () => {
    const writer = createBlockWriter("m");
    writer.write("reasoning", "hm");
    writer.write("text", "yes");
    writer.openToolCall("call_1", "f");
    writer.writeArguments("{}");
    writer.finish({ kind: "tool-calls" }, usage);
    expect(writer.take()).toEqual([
      { type: "response-start", model: "m" },
      { type: "block-start", index: 0, block: { kind: "reasoning" } },
      { type: "block-delta", index: 0, text: "hm" },
      { type: "block-end", index: 0 },
      { type: "block-start", index: 1, block: { kind: "text" } },
      { type: "block-delta", index: 1, text: "yes" },
      { type: "block-end", index: 1 },
      { type: "block-start", index: 2, block: { kind: "tool-call", callId: "call_1", name: "f" } },
      { type: "block-delta", index: 2, text: "{}" },
      { type: "block-end", index: 2 },
      { type: "finish", reason: { kind: "tool-calls" }, usage },
    ]);
  });

  test("gives a picture a block of its own", () => {
    const writer = createBlockWriter("m");
    const image = { jobId: "j", prompt: "a fox", url: "http://x/fox" };
    writer.write("text", "Look:");
    writer.writeImage(image, "![a fox](http://x/fox)");
    writer.write("text", "Nice?");
    expect(writer.take().filter(({ type }) => type === "block-start" || type === "block-delta")).toEqual([
      { type: "block-start", index: 0, block: { kind: "text" } },
      { type: "block-delta", index: 0, text: "Look:" },
      { type: "block-start", index: 1, block: { kind: "text", image } },
      { type: "block-delta", index: 1, text: "![a fox](http://x/fox)" },
      { type: "block-start", index: 2, block: { kind: "text" } },
      { type: "block-delta", index: 2, text: "Nice?" },
    ]);
  });

  test("joins the pieces between two takes, and only those", () => {
    const writer = createBlockWriter("m");
    for (const piece of ["a", "b", ""]) writer.write("text", piece);
    expect(writer.take().at(-1)).toEqual({ type: "block-delta", index: 0, text: "ab" });
    writer.write("text", "c");
    expect(writer.take()).toEqual([{ type: "block-delta", index: 0, text: "c" }]);
    expect(writer.take()).toEqual([]);
  });

  test("bounds what it joins", () => {
    const writer = createBlockWriter("m");
    for (let index = 0; index < 5000; index += 1) writer.write("text", "0123456789");
    const lengths = writer
      .take()
      .flatMap((event) => (event.type === "block-delta" ? [event.text.length] : []));
    expect(lengths.reduce((sum, length) => sum + length)).toBe(50_000);
    expect(Math.max(...lengths)).toBeLessThan(17_000);
  });

  test("refuses what the grammar forbids", () => {
    const writer = createBlockWriter("m");
    expect(() => writer.writeArguments("{}")).toThrow("No tool call is open");
    writer.finish({ kind: "stop" }, usage);
    expect(writer.finished).toBe(true);
    expect(() => writer.write("text", "late")).toThrow("finished");
    expect(() => writer.finish({ kind: "stop" }, usage)).toThrow("finished");
  });

  test("starts the response with an empty answer too", () => {
    const writer = createBlockWriter("m");
    writer.finish({ kind: "stop" }, usage);
    expect(writer.take().map(({ type }) => type)).toEqual(["response-start", "finish"]);
  });
});
