/** The Responses route as SDKs see it: `openai` with parsed output, and the AI SDK's strict reading of chunks. */
import { createOpenAI } from "@ai-sdk/openai";
import { generateText, stepCountIs, streamText, tool } from "ai";
import OpenAI from "openai";
import { zodTextFormat } from "openai/helpers/zod";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { createBlockWriter } from "../../src/model/block-writer.ts";
import type { EventBatch } from "../../src/model/events.ts";
import type { ChatRequest } from "../../src/model/request.ts";
import { startEdge, textAnswer } from "../support/start-edge.ts";

const model = "DeepSeek-V3.2";
const usage = { inputTokens: 5, outputTokens: 6, reasoningTokens: 2, estimated: false };

/** A call whose arguments come in these pieces, a batch each: what comes at once is one delta. */
function callAnswer(name: string, ...pieces: readonly string[]): EventBatch[] {
  const writer = createBlockWriter(model);
  writer.write("reasoning", "I need the weather.");
  writer.openToolCall("call_1", name);
  const batches = pieces.map((piece) => {
    writer.writeArguments(piece);
    return writer.take();
  });
  writer.finish({ kind: "tool-calls" }, usage);
  return [...batches, writer.take()];
}

/** Answers in order, and what was asked. */
function script(...answers: readonly EventBatch[][]) {
  const seen: ChatRequest[] = [];
  function answer(request: ChatRequest) {
    seen.push(request);
    return answers[seen.length - 1] ?? textAnswer("nothing more");
  }
  return { seen, answer };
}

const weather = tool({
  description: "The weather in a city",
  inputSchema: z.object({ city: z.string() }),
  execute: async ({ city }) => `rain in ${city}`,
});

function provider(url: string) {
  return createOpenAI({ baseURL: `${url}/v1`, apiKey: "any" }).responses(model);
}

describe("openai", () => {
  test("parses a structured answer", async () => {
    const { answer, seen } = script(textAnswer('{"city":', '"Oslo"}'), textAnswer('{"city":', '"Rome"}'));
    await using edge = await startEdge({ answer });
    const { responses } = new OpenAI({ baseURL: `${edge.url}/v1`, apiKey: "any" });
    const text = { format: zodTextFormat(z.object({ city: z.string() }), "place") };
    const parsed = await responses.parse({ model, input: "Where?", text });
    expect(parsed.output_parsed).toEqual({ city: "Oslo" });
    const streamed = await responses.stream({ model, input: "Where?", text }).finalResponse();
    expect(streamed.output_parsed).toEqual({ city: "Rome" });
    expect(seen[0]?.responseFormat).toMatchObject({ kind: "json-schema", name: "place" });
  });

  test("sees a custom tool's input grow", async () => {
    const { answer } = script(callAnswer("patch", '{"input":"*** Be', 'gin\\nPatch"}'));
    await using edge = await startEdge({ answer });
    const { responses } = new OpenAI({ baseURL: `${edge.url}/v1`, apiKey: "any" });
    const stream = responses.stream({ model, input: "Edit.", tools: [{ type: "custom", name: "patch" }] });
    const deltas: string[] = [];
    stream.on("response.custom_tool_call_input.delta", ({ delta }) => deltas.push(delta));
    const { output } = await stream.finalResponse();
    expect(deltas).toEqual(["*** Be", "gin\nPatch"]);
    expect(output.at(-1)).toMatchObject({
      type: "custom_tool_call",
      name: "patch",
      input: "*** Begin\nPatch",
    });
  });
});

describe("the AI SDK", () => {
  test.each([true, false])(
    "completes a tool round, streaming, with references to stored items (store: %s)",
    async (store) => {
      const { answer, seen } = script(
        callAnswer("weather", '{"city":', '"Oslo"}'),
        textAnswer("It ", "rains."),
      );
      await using edge = await startEdge({ answer });
      const result = streamText({
        model: provider(edge.url),
        prompt: "Weather in Oslo?",
        tools: { weather },
        stopWhen: stepCountIs(3),
        providerOptions: { openai: { store } },
      });
      const types = new Set<string>();
      const errors: unknown[] = [];
      let reasoning = "";
      for await (const part of result.fullStream) {
        types.add(part.type);
        if (part.type === "error") errors.push(part.error);
        if (part.type === "reasoning-delta") reasoning += part.text;
      }
      expect(errors).toEqual([]);
      expect(reasoning).toBe("I need the weather.");
      expect(await result.text).toBe("It rains.");
      expect(await result.finishReason).toBe("stop");
      expect((await result.totalUsage).outputTokens).toBe(8);
      expect([...types]).toEqual(
        expect.arrayContaining(["tool-call", "tool-result", "text-delta", "finish"]),
      );
      expect(seen[1]?.messages.map(({ role }) => role)).toEqual(["user", "assistant", "tool"]);
      expect(JSON.stringify(seen[1]?.messages)).toContain("rain in Oslo");
    },
  );

  test("completes a tool round without streaming", async () => {
    const { answer } = script(callAnswer("weather", '{"city":"Oslo"}'), textAnswer("It rains."));
    await using edge = await startEdge({ answer });
    const result = await generateText({
      model: provider(edge.url),
      prompt: "Weather in Oslo?",
      tools: { weather },
      stopWhen: stepCountIs(3),
    });
    expect(result.text).toBe("It rains.");
    expect(result.steps).toHaveLength(2);
  });

  test("sees a cut answer as cut", async () => {
    const writer = createBlockWriter(model);
    writer.write("text", "half");
    writer.finish({ kind: "length" }, usage);
    await using edge = await startEdge({ answer: script([writer.take()]).answer });
    const result = await generateText({ model: provider(edge.url), prompt: "Talk.", maxOutputTokens: 20 });
    expect(result.finishReason).toBe("length");
    expect(result.text).toBe("half");
  });
});
