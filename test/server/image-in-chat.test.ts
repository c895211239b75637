import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createLog } from "../../src/log.ts";
import { createGate } from "../support/gate.ts";
import { post } from "../support/post.ts";
import { startStack, type Stack } from "../support/start-stack.ts";

let stack: Stack;
let openai: OpenAI;
let anthropic: Anthropic;

beforeEach(async () => {
  stack = await startStack();
  openai = new OpenAI({ baseURL: `${stack.url}/v1`, apiKey: "none", maxRetries: 0 });
  anthropic = new Anthropic({ baseURL: stack.url, apiKey: "none", maxRetries: 0 });
});
afterEach(() => stack.close());

const model = "AkashGen";
const prompt = 'a cat\'s [red] "boat" \\ on\na lake 😀';
const alt = 'a cat\'s \\[red\\] "boat" \\\\ on a lake 😀';

/** One dialect: asks for a conversation's next answer and gives its text. */
interface Way {
  readonly name: string;
  readonly ask: (turns: readonly Turn[]) => Promise<string>;
}

interface Turn {
  readonly role: "user" | "assistant";
  readonly content: string;
}

const ways: readonly Way[] = [
  {
    name: "chat completions",
    async ask(turns) {
      const answer = await openai.chat.completions.create({ model, messages: [...turns] });
      expect(answer.choices[0]?.finish_reason).toBe("stop");
      return answer.choices[0]?.message.content ?? "";
    },
  },
  {
    name: "chat completions, streamed",
    async ask(turns) {
      const stream = await openai.chat.completions.create({ model, messages: [...turns], stream: true });
      const pieces: string[] = [];
      const finishes: string[] = [];
      for await (const chunk of stream) {
        const [choice] = chunk.choices;
        if (choice?.delta.content) pieces.push(choice.delta.content);
        if (choice?.finish_reason) finishes.push(choice.finish_reason);
      }
      expect(pieces).toHaveLength(1);
      expect(finishes).toEqual(["stop"]);
      return pieces.join("");
    },
  },
  {
    name: "responses",
    async ask(turns) {
      const answer = await openai.responses.create({ model, input: [...turns] });
      expect(answer.status).toBe("completed");
      return answer.output_text;
    },
  },
  {
    name: "responses, streamed",
    async ask(turns) {
      const answer = await openai.responses.stream({ model, input: [...turns] }).finalResponse();
      expect(answer.status).toBe("completed");
      return answer.output_text;
    },
  },
  {
    name: "messages",
    async ask(turns) {
      const answer = await anthropic.messages.create({ model, max_tokens: 1000, messages: [...turns] });
      expect(answer.stop_reason).toBe("end_turn");
      return answer.content.map((block) => (block.type === "text" ? block.text : "")).join("");
    },
  },
  {
    name: "messages, streamed",
    async ask(turns) {
      const stream = anthropic.messages.stream({ model, max_tokens: 1000, messages: [...turns] });
      const answer = await stream.finalMessage();
      expect(answer.stop_reason).toBe("end_turn");
      return answer.content.map((block) => (block.type === "text" ? block.text : "")).join("");
    },
  },
];

function orders(): Turn[][] {
  return stack.simulator.chats.map(({ body }) => (body as { messages: Turn[] }).messages);
}

describe.each(ways)("AkashGen by $name", ({ ask }) => {
  it("answers with a Markdown image whose link works", async () => {
    stack.simulator.enqueue({ image: { prompt } });
    const text = await ask([{ role: "user", content: "Draw a red boat" }]);
    const match = /^!\[(.*)\]\((\S+)\)$/.exec(text);
    expect(match?.[1]).toBe(alt);
    const file = await fetch(match?.[2] ?? "");
    expect(file.headers.get("content-type")).toBe("image/webp");
    expect(
      Buffer.from(await file.arrayBuffer())
        .subarray(8, 12)
        .toString(),
    ).toBe("WEBP");
  });

  it("understands 'now make it blue'", async () => {
    stack.simulator.enqueue({ image: { prompt: "a red boat on a lake" } });
    stack.simulator.enqueue({ image: { prompt: "a blue boat on a lake" } });
    const first: Turn = { role: "user", content: "Draw a red boat" };
    const answer = await ask([first]);
    const second: Turn = { role: "user", content: "now make it blue" };
    const text = await ask([first, { role: "assistant", content: answer }, second]);
    expect(text).toMatch(/^!\[a blue boat on a lake\]/);
    expect(orders()[1]?.map(({ role, content }) => ({ role, content }))).toEqual([
      first,
      { role: "assistant", content: "[Image: a red boat on a lake]" },
      second,
    ]);
  });

  it("answers with the model's words when it declines", async () => {
    stack.simulator.enqueue({ text: "I only write." });
    expect(await ask([{ role: "user", content: "hello" }])).toBe("I only write.");
  });

  it("fails when the wish was taken for none and nothing was said", async () => {
    const message = "Invalid model name passed in model=AkashGen. Call `/v1/models` to view available models";
    stack.simulator.enqueue({ error: { kind: "three", message } });
    await expect(ask([{ role: "user", content: "hello" }])).rejects.toMatchObject({
      status: 422,
      message: expect.stringContaining("Say what the picture shall show"),
    });
  });
});

describe("AkashGen by chat completions", () => {
  it("reads a history of nothing but beginnings of pictures in linear time", async () => {
    stack.simulator.enqueue({ image: { prompt } });
    const content = "![](".repeat(100_000);
    const answer = await openai.chat.completions.create({ model, messages: [{ role: "user", content }] });
    expect(answer.choices[0]?.message.content).toContain("/v1/images/files/");
    expect(orders()[0]?.[0]?.content).toBe(content);
  });

  it("C5: answers old scripts and OpenAI clients at once", async () => {
    stack.simulator.enqueue({ image: { prompt, jobId: "job-5" } });
    const response = await fetch(`${stack.url}/v1/chat/completions`, {
      method: "POST",
      body: JSON.stringify({ model, messages: [{ role: "user", content: "Draw" }] }),
    });
    const answer = (await response.json()) as { data: { pic: string } };
    expect(answer).toMatchObject({
      code: 200,
      data: { model, jobId: "job-5", prompt, pic: expect.stringMatching(/^http:.*\/v1\/images\/files\//) },
      object: "chat.completion",
      choices: [{ message: { role: "assistant", content: `![${alt}](${answer.data.pic})` } }],
    });
  });

  it("names what was drawn when another of n fails, but not in the log", async () => {
    let lines = "";
    const write = (line: string) => void (lines += line);
    const log = await createLog({ LOG_LEVEL: "debug", LOG_FORMAT: "json" }, { write });
    await using logging = await startStack({ overrides: { log } });
    const drawn = createGate();
    logging.simulator.enqueue({ image: { prompt, statuses: ["succeeded"] } });
    logging.simulator.enqueue({ image: { prompt, statuses: ["failed"] }, gate: drawn.promise });
    const body = { model, n: 2, messages: [{ role: "user", content: "Draw" }] };
    const answer = post(`${logging.url}/v1/chat/completions`, body);
    // The other job is only taken when the first has been told to be done.
    const poll = await logging.simulator.waitForRequest("/api/image-status");
    expect(await poll.closed).toBe("finished");
    drawn.open();
    const reply = await answer;
    expect(reply.status).toBe(502);
    const message = String(reply.json().error.message);
    expect(message).toContain("failed");
    const [link] = /http:\S+$/.exec(message) ?? [];
    expect((await fetch(link ?? "")).headers.get("content-type")).toBe("image/webp");
    await logging.close();
    // The link's signature is a permission.
    expect(lines).toContain("Akash Chat could not make the image");
    expect(lines).not.toContain("sig=");
  });
});
