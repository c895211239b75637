import { checkEvents } from "../../dialects/openai-responses/check-events.ts";
import { parseFrames } from "../../dialects/openai-responses/parse-frames.ts";
import type { AnyJson } from "../../support/post.ts";
import { readByAll } from "../../support/stream-readers/index.ts";

/** An error as a client reads it. */
export interface WireError {
  readonly type?: string;
  readonly code?: string | null;
  readonly message: string;
}

/** What a client makes of an answer. */
export interface Reading {
  readonly text: string;
  readonly reasoning: string;
  /** The dialect's own word for why it ended; `undefined`: it did not. */
  readonly finish: string | undefined;
  readonly error: WireError | undefined;
}

/** One API as its clients see it. The readers throw on anything that the API does not allow. */
export interface Dialect<Name extends string = "chat" | "completions" | "responses" | "messages" | "ollama"> {
  readonly name: Name;
  /** As the documentation calls it. */
  readonly title: string;
  readonly path: string;
  /** Where not server-sent events. */
  readonly streamType?: string;
  /** Where not in the body itself: the field that holds what is said of sampling. */
  readonly samplingIn?: string;
  /** Where a body of it is sent, if that says more than the body: `addressOf`. */
  readonly pathFor?: (body: Record<string, unknown>) => string;
  /** What it writes in silence, before anything else and in the middle. */
  readonly heartbeat: string;
  readonly laterHeartbeat: string | RegExp;
  /** The words for an answer that ended by itself, at the limit and by a filter. */
  readonly finishes: { readonly stop: string; readonly length: string; readonly filter: string };
  body(content: string, model?: string): Record<string, unknown>;
  readError(body: AnyJson): WireError;
  readWhole(body: AnyJson): Reading;
  readStream(text: string): Reading;
}

const defaultModel = "DeepSeek-V3.2";

interface Frame {
  readonly event: string | undefined;
  readonly data: string;
}

/**
 * Frames of an event stream, strictly: complete, each with at most one `event` and exactly one `data` line, behind any
 * comments. Every other way to read it gives the same.
 */
export function readFrames(text: string): Frame[] {
  if (text === "") return [];
  readByAll(text, { unnamed: !/^event:/m.test(text) });
  if (!text.endsWith("\n\n")) throw new Error(`The stream ends inside a frame: ${text.slice(-200)}`);
  return text
    .slice(0, -2)
    .split("\n\n")
    .map((frame) => frame.replace(/^(?::.*\n)+/, ""))
    .map((frame) => {
      // The dot stands for no line break of any kind, and so checks that none is inside.
      const match = /^(?:event: (\S+)\n)?data: ([^\u0085]*?.*)$/.exec(frame);
      if (match?.[2] === undefined || /[\u0085\u2028\u2029]/.test(frame))
        throw new Error(`Not a frame: ${frame}`);
      return { event: match[1], data: match[2] };
    });
}

function one<T>(items: readonly T[], what: string): T | undefined {
  if (items.length > 1) throw new Error(`More than one ${what}: ${JSON.stringify(items)}`);
  return items[0];
}

function readOpenAiError(body: AnyJson): WireError {
  // When a spent budget is a new one: Codex reads it, of this type alone.
  const { type, code, message, param, resets_at, ...rest } = body.error;
  if (resets_at !== undefined && type !== "usage_limit_reached") throw new Error("A time without a budget");
  if (Object.keys(rest).length > 0 || param === undefined) throw new Error("Not an OpenAI error");
  return { type, code, message };
}

/** Throws unless the role is in the first chunk of each choice, and only there, and nothing follows a finish reason. */
function checkChoices(choices: readonly AnyJson[]): void {
  const begun = new Set<number>();
  const finished = new Set<number>();
  for (const { index, delta, finish_reason: reason } of choices) {
    if (finished.has(index)) throw new Error(`A chunk behind the finish of choice ${index}`);
    if (delta !== undefined && (delta.role === "assistant") === begun.has(index)) {
      throw new Error(`The role of choice ${index} is not in its first chunk alone`);
    }
    begun.add(index);
    if (reason !== null) finished.add(index);
  }
}

/** Chunks of Chat Completions and of its predecessor. */
function readChunks(text: string, textOf: (choice: AnyJson) => string): Reading {
  const frames = readFrames(text);
  if (frames.some(({ event }) => event !== undefined)) throw new Error("A named event");
  const done = frames.findIndex(({ data }) => data === "[DONE]");
  if (done !== -1 && done !== frames.length - 1) throw new Error("[DONE] is not the last frame");
  const chunks = frames.flatMap(({ data }) => (data === "[DONE]" ? [] : [JSON.parse(data)]));
  const error = one(
    chunks.filter((chunk) => "error" in chunk),
    "error",
  );
  if (error !== undefined && chunks.at(-1) !== error) throw new Error("A frame after the error");
  if ((error === undefined) !== (done !== -1))
    throw new Error("[DONE] is for whole answers, and only for them");
  const choices = chunks.flatMap((chunk) => chunk.choices ?? []);
  checkChoices(choices);
  return {
    text: choices.map(textOf).join(""),
    reasoning: choices.map((choice) => choice.delta?.reasoning_content ?? "").join(""),
    finish: one(
      choices.map((choice) => choice.finish_reason).filter((reason) => reason !== null),
      "finish reason",
    ),
    error: error === undefined ? undefined : readOpenAiError(error),
  };
}

const openAiFinishes = { stop: "stop", length: "length", filter: "content_filter" };

const chat: Dialect = {
  name: "chat",
  title: "Chat Completions",
  path: "/v1/chat/completions",
  heartbeat: '"delta":{"role":"assistant"',
  laterHeartbeat: '"delta":{},"logprobs":null,"finish_reason":null',
  finishes: openAiFinishes,
  body: (content, model = defaultModel) => ({ model, messages: [{ role: "user", content }] }),
  readError: readOpenAiError,
  readWhole: ({ choices: [choice] }) => ({
    text: choice.message.content ?? "",
    reasoning: choice.message.reasoning_content ?? "",
    finish: choice.finish_reason,
    error: undefined,
  }),
  readStream: (text) => readChunks(text, (choice) => choice.delta.content ?? ""),
};

const completions: Dialect = {
  name: "completions",
  title: "Completions",
  path: "/v1/completions",
  heartbeat: '"text":""',
  laterHeartbeat: '"text":"","index":0,"logprobs":null,"finish_reason":null',
  finishes: openAiFinishes,
  body: (prompt, model = defaultModel) => ({ model, prompt, max_tokens: 4000 }),
  readError: readOpenAiError,
  readWhole: ({ choices: [choice] }) => ({
    text: choice.text,
    reasoning: "",
    finish: choice.finish_reason,
    error: undefined,
  }),
  readStream: (text) => readChunks(text, (choice) => choice.text),
};

function readResponse(response: AnyJson): Reading {
  const texts = (type: string, field: string): string =>
    response.output
      .filter((item: AnyJson) => item.type === type)
      .flatMap((item: AnyJson) => item[field].map((part: AnyJson) => part.text))
      .join("");
  return {
    text: texts("message", "content"),
    reasoning: texts("reasoning", "summary"),
    finish:
      response.status === "completed" ? "completed" : (response.incomplete_details?.reason ?? undefined),
    error: response.error ?? undefined,
  };
}

const responses: Dialect = {
  name: "responses",
  title: "Responses",
  path: "/v1/responses",
  heartbeat: "event: response.in_progress",
  laterHeartbeat: /delta[\s\S]*event: response\.in_progress/,
  finishes: { stop: "completed", length: "max_output_tokens", filter: "content_filter" },
  body: (input, model = defaultModel) => ({ model, input }),
  readError: readOpenAiError,
  readWhole: readResponse,
  readStream(text) {
    readFrames(text);
    const events = parseFrames(text);
    const reading = readResponse(checkEvents(events));
    const sent = events.map((event) =>
      event.type === "response.output_text.delta" ? String(event["delta"]) : "",
    );
    if (sent.join("") !== reading.text) throw new Error("The deltas differ from the final response");
    return reading;
  },
};

const messages: Dialect = {
  name: "messages",
  title: "Messages",
  path: "/v1/messages",
  heartbeat: "event: ping",
  laterHeartbeat: "event: ping",
  finishes: { stop: "end_turn", length: "max_tokens", filter: "refusal" },
  body: (content, model = defaultModel) => ({
    model,
    max_tokens: 4000,
    // Those who ask for thinking are told how a picture gets on.
    ...(model === defaultModel ? { thinking: { type: "enabled", budget_tokens: 1024 } } : {}),
    messages: [{ role: "user", content }],
  }),
  readError({ type, error, request_id: id }) {
    if (type !== "error" || typeof id !== "string") throw new Error("Not an Anthropic error");
    return error;
  },
  readWhole: ({ content, stop_reason }) => ({
    text: content.map((block: AnyJson) => block.text ?? "").join(""),
    reasoning: content.map((block: AnyJson) => block.thinking ?? "").join(""),
    finish: stop_reason,
    error: undefined,
  }),
  readStream(text) {
    const events = readFrames(text).map(({ event, data }) => {
      const parsed = JSON.parse(data);
      if (parsed.type !== event) throw new Error(`The frame ${event} holds ${parsed.type}`);
      return parsed;
    });
    const ends = events.filter(({ type }) => type === "message_stop" || type === "error");
    if (ends.length !== 1 || events.at(-1) !== ends[0]) throw new Error(`Not one end: ${text.slice(-500)}`);
    const deltas = events.map((event) => event.delta ?? {});
    return {
      text: deltas.map((delta) => delta.text ?? "").join(""),
      reasoning: deltas.map((delta) => delta.thinking ?? "").join(""),
      finish: one(
        deltas.flatMap((delta) => (delta.stop_reason === undefined ? [] : [delta.stop_reason])),
        "stop reason",
      ),
      error: ends[0].type === "error" ? messages.readError(ends[0]) : undefined,
    };
  },
};

/** Lines of JSON, strictly: each complete, none empty, and nothing behind the last. */
export function readLines(text: string): AnyJson[] {
  if (text === "") return [];
  if (!text.endsWith("\n")) throw new Error(`The stream ends inside a line: ${text.slice(-200)}`);
  // Python's `splitlines`, by which some clients read, knows more ends of a line than others.
  const lines = text.slice(0, -1).split(/[\n\r\v\f\u0085\u2028\u2029]/);
  return lines.map((line) => JSON.parse(line));
}

const endFields = ["done_reason", "total_duration", "load_duration", "prompt_eval_duration", "eval_duration"];

/** Throws unless a line says what Ollama's types want of it. */
function checkLine(line: AnyJson): void {
  if (typeof line.model !== "string" || Number.isNaN(Date.parse(line.created_at))) {
    throw new Error(`Not a line of Ollama's: ${JSON.stringify(line)}`);
  }
  for (const field of endFields) {
    if (field in line !== line.done) throw new Error(`${field} belongs into the last line alone`);
  }
}

function readOllamaError({ error, ...rest }: AnyJson): WireError {
  if (typeof error !== "string" || Object.keys(rest).length > 0) throw new Error("Not an error of Ollama's");
  return { message: error };
}

/** Reads the answers of one of Ollama's routes; `partOf` gives what a line says. */
function ollamaReaders(partOf: (line: AnyJson) => { text: string; thinking?: string }) {
  function readAll(lines: readonly AnyJson[]): Reading {
    const parts = lines.filter((line) => !("error" in line));
    parts.forEach(checkLine);
    const ends = lines.filter((line) => "error" in line || line.done === true);
    if (ends.length !== 1 || lines.at(-1) !== ends[0])
      throw new Error(`Not one end: ${JSON.stringify(lines)}`);
    return {
      text: parts.map((line) => partOf(line).text).join(""),
      reasoning: parts.map((line) => partOf(line).thinking ?? "").join(""),
      finish: ends[0].done_reason,
      error: "error" in ends[0] ? readOllamaError(ends[0]) : undefined,
    };
  }
  return {
    readError: readOllamaError,
    readWhole: (body: AnyJson) => readAll([body]),
    readStream: (text: string) => readAll(readLines(text)),
  };
}

const ollamaCommon = {
  streamType: "application/x-ndjson",
  samplingIn: "options",
  // A filter has no word at Ollama.
  finishes: { stop: "stop", length: "length", filter: "content_filter" },
};

const ollama: Dialect = {
  ...ollamaCommon,
  name: "ollama",
  title: "Ollama",
  path: "/api/chat",
  heartbeat: '"message":{"role":"assistant","content":""},"done":false}',
  laterHeartbeat: '"message":{"role":"assistant","content":""},"done":false}',
  body: (content, model = defaultModel) => ({ model, messages: [{ role: "user", content }], stream: false }),
  ...ollamaReaders(({ message: { role, content, thinking } }) => {
    if (role !== "assistant") throw new Error(`A message of ${role}`);
    return { text: content, thinking };
  }),
};

/** Ollama's other route for texts, which has all of it in common with the first but the place of the text. */
export const generate: Dialect<"generate"> = {
  ...ollamaCommon,
  name: "generate",
  title: "Ollama",
  path: "/api/generate",
  heartbeat: '"response":"","done":false}',
  laterHeartbeat: '"response":"","done":false}',
  body: (prompt, model = defaultModel) => ({ model, prompt, stream: false }),
  ...ollamaReaders(({ response: text, thinking }) => ({ text, thinking })),
};

function readPictures(pictures: readonly AnyJson[]): Reading {
  return {
    text: pictures.map((picture) => `![${picture.revised_prompt}]()`).join(""),
    reasoning: "",
    finish: pictures.length > 0 ? "drawn" : undefined,
    error: undefined,
  };
}

/** Pictures as bytes. They are read as the Markdown that they are in a chat, without the link. */
export const images: Dialect<"images"> = {
  name: "images",
  title: "Images",
  path: "/v1/images/generations",
  heartbeat: ":",
  laterHeartbeat: ": ",
  finishes: { stop: "drawn", length: "drawn", filter: "drawn" },
  body: (prompt, model) => ({ prompt, model, response_format: "b64_json" }),
  readError: readOpenAiError,
  readWhole: ({ data }) => readPictures(data),
  readStream(text) {
    const events = readFrames(text).map(({ event, data }) => {
      const parsed = JSON.parse(data);
      if (parsed.type !== event) throw new Error(`The frame ${event} holds ${parsed.type}`);
      return parsed;
    });
    const error = one(
      events.filter(({ type }) => type === "error"),
      "error",
    );
    if (error !== undefined && events.at(-1) !== error) throw new Error("An event after the error");
    const reading = readPictures(events.filter(({ type }) => type === "image_generation.completed"));
    return { ...reading, error: error === undefined ? undefined : readOpenAiError(error) };
  },
};

interface GeminiPart {
  readonly text?: string;
  readonly thought?: boolean;
}

function readGeminiError(body: AnyJson): WireError {
  const { code, message, status, details = [], ...rest } = body.error;
  if (Object.keys(rest).length > 0 || typeof code !== "number") throw new Error("Not an error of Google's");
  if (
    details.some((detail: AnyJson) => !String(detail["@type"]).startsWith("type.googleapis.com/google.rpc."))
  )
    throw new Error("A detail of no known type");
  return { type: status, message };
}

/** One or more `GenerateContentResponse` objects. Throws for what clients take for an invalid answer: a content without a part. */
function readGeminiAnswers(answers: readonly AnyJson[]): Reading {
  const candidates = answers.flatMap((answer) => answer.candidates);
  const finishes = candidates.flatMap(({ finishReason }) =>
    finishReason === undefined ? [] : [finishReason],
  );
  if (finishes.length > 0 && candidates.at(-1).finishReason === undefined)
    throw new Error("A chunk behind the finish");
  for (const { content } of candidates) {
    if (content.role !== "model" || content.parts.length === 0) throw new Error("Not a content of the model");
  }
  const parts: GeminiPart[] = candidates.flatMap(({ content }) => content.parts);
  const join = (thought: boolean): string =>
    parts.map((part) => ((part.thought ?? false) === thought ? (part.text ?? "") : "")).join("");
  return { text: join(false), reasoning: join(true), finish: one(finishes, "finish"), error: undefined };
}

/** Google's Gemini API: the model and the wish for a stream are in the path. */
export const gemini: Dialect<"gemini"> = {
  name: "gemini",
  title: "Gemini",
  path: `/v1beta/models/${defaultModel}:generateContent`,
  pathFor: ({ model = defaultModel, stream }) =>
    `/v1beta/models/${String(model)}:${stream === true ? "streamGenerateContent?alt=sse" : "generateContent"}`,
  heartbeat: '"parts":[{"text":""}]',
  laterHeartbeat: '"parts":[{"text":""}]',
  finishes: { stop: "STOP", length: "MAX_TOKENS", filter: "SAFETY" },
  body: (text, model = defaultModel) => ({
    model,
    contents: [{ role: "user", parts: [{ text }] }],
    generationConfig: { thinkingConfig: { includeThoughts: model === defaultModel } },
  }),
  readError: readGeminiError,
  readWhole: (body) => readGeminiAnswers([body]),
  readStream(text) {
    // A failure stands in the stream as it is, too, right before its event.
    const bare = /^(\{"error":.*)\n\n(?=data: (.*)\n\n$)/m.exec(text);
    if (bare !== null && bare[1] !== bare[2]) throw new Error("Not the same error twice");
    const frames = readFrames(bare === null ? text : text.replace(bare[0], ""));
    if (frames.some(({ event }) => event !== undefined)) throw new Error("A named event");
    const chunks = frames.map(({ data }) => JSON.parse(data));
    if ((bare !== null) !== chunks.some((chunk) => "error" in chunk)) throw new Error("Not the error twice");
    const error = one(
      chunks.filter((chunk) => "error" in chunk),
      "error",
    );
    if (error !== undefined && chunks.at(-1) !== error) throw new Error("A frame after the error");
    const reading = readGeminiAnswers(chunks.filter((chunk) => chunk !== error));
    if ((error === undefined) !== (reading.finish !== undefined))
      throw new Error("A finish is for whole answers, and only for them");
    return { ...reading, error: error === undefined ? undefined : readGeminiError(error) };
  },
};

/** One of the text APIs, or that of the pictures. */
export type AnyDialect = Dialect<string>;

/** The five text APIs. */
export const dialects: readonly Dialect[] = [chat, completions, responses, messages, ollama];

/** A body with something said of sampling, where the API has it. */
export function withSampling({ samplingIn }: AnyDialect, body: object, sampling: object): object {
  return samplingIn === undefined ? { ...body, ...sampling } : { ...body, [samplingIn]: sampling };
}

/** Where a body is sent. */
export function addressOf({ path, pathFor }: AnyDialect, body: Record<string, unknown>): string {
  return pathFor?.(body) ?? path;
}
