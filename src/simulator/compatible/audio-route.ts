import { createHash } from "node:crypto";

import type { Pieces, Reply } from "../reply.ts";
import { estimateTokens } from "../split-text.ts";
import { asObject, asText } from "./read-chat.ts";
import { eventStream, refuse, tell, wholeReply } from "./replies.ts";
import type { CompatibleWorld } from "./world.ts";

/** The routes below `/audio/`. */
export const soundRoutes = ["transcriptions", "translations", "speech"] as const;

/** One of them. */
export type SoundRoute = (typeof soundRoutes)[number];

/** A body that is not read yet. */
interface TypedBody {
  readonly bytes: Uint8Array;
  readonly type: string;
}

/** POST …/audio/…: what is heard depends on the bytes, what is spoken on the text. */
export async function audioRoute(route: SoundRoute, body: TypedBody, world: CompatibleWorld): Promise<Reply> {
  return route === "speech" ? speak(body, world) : await transcribe(route, body, world);
}

function findModel(asked: string, kind: "transcription" | "speech", { persona, models }: CompatibleWorld) {
  return models.find((one) => one.audio === kind && persona.isMeant(one, asked));
}

/** The words that a recording has here: always the same for the same bytes. */
export function wordsOf(bytes: Uint8Array): string {
  return `I hear ${bytes.length} bytes of ${createHash("sha256").update(bytes).digest("hex").slice(0, 8)}.`;
}

async function transcribe(
  route: "transcriptions" | "translations",
  { bytes, type }: TypedBody,
  world: CompatibleWorld,
): Promise<Reply> {
  const { persona } = world;
  const bad = (message: string, param: string): Reply =>
    refuse(persona, { status: 400, type: "invalid_request_error", message, param });
  const form = await new Response(Buffer.from(bytes), { headers: { "content-type": type } })
    .formData()
    .catch(() => undefined);
  if (form === undefined) return bad("The body is no form.", "body");
  const text = (name: string): string => {
    const value = form.get(name);
    return typeof value === "string" ? value : "";
  };
  const model = findModel(text("model"), "transcription", world);
  if (model === undefined) return refuse(persona, persona.wording.unknownModel(text("model")));
  const file = form.get("file");
  if (file === null || typeof file === "string") return bad("The form has no file.", "file");
  const recording = new Uint8Array(await file.arrayBuffer());
  const languages = text("language") === "" ? "" : ` (${text("language")})`;
  const words = `${route === "translations" ? "In English: " : ""}${wordsOf(recording)}${languages}`;
  const input = Math.ceil(recording.length / 100);
  const output = estimateTokens(words.length);
  const usage = { type: "tokens", input_tokens: input, output_tokens: output, total_tokens: input + output };
  const headers = persona.answerHeaders(++world.answers);
  if (text("stream") === "true")
    return { kind: "http", status: 200, headers: { ...eventStream, ...headers }, body: hear(words, usage) };
  switch (text("response_format")) {
    case "text":
      return tell(200, `${words}\n`, headers);
    case "srt":
      return tell(200, `1\n00:00:00,000 --> 00:00:02,000\n${words}\n`, headers);
    case "verbose_json": {
      const segments = [{ id: 0, start: 0, end: 2, text: words }];
      const told = { task: "transcribe", language: "english", duration: 2, text: words, segments };
      return tell(200, { ...told, usage: { type: "duration", seconds: 2 } }, headers);
    }
    default:
      return tell(200, { text: words, usage }, headers);
  }
}

/** Word by word. */
async function* hear(words: string, usage: object): Pieces {
  for (const delta of words.match(/\S+\s*/g) ?? [])
    yield `data: ${JSON.stringify({ type: "transcript.text.delta", delta })}\n\n`;
  yield `data: ${JSON.stringify({ type: "transcript.text.done", text: words, usage })}\n\n`;
  return "end";
}

/** A sound for each character of a text, as samples of 16 bits: always the same for the same text. */
export function soundOf(input: string): Buffer {
  const samples = Buffer.alloc(input.length * 2);
  for (let at = 0; at < input.length; at += 1) samples.writeUInt16LE(input.charCodeAt(at), at * 2);
  return samples;
}

function speak({ bytes }: TypedBody, world: CompatibleWorld): Reply {
  const { persona } = world;
  const body = asObject(parse(bytes));
  if (body === undefined) return refuse(persona, persona.wording.badJson());
  const asked = asText(body["model"]) ?? "";
  const model = findModel(asked, "speech", world);
  if (model === undefined) return refuse(persona, persona.wording.unknownModel(asked));
  const input = asText(body["input"]) ?? "";
  const headers = persona.answerHeaders(++world.answers);
  const sound = soundOf(input);
  if (body["stream_format"] === "sse")
    return { kind: "http", status: 200, headers: { ...eventStream, ...headers }, body: sayIt(sound, input) };
  const format = asText(body["response_format"]) ?? "mp3";
  return wholeReply(200, sound, {
    "content-type": `audio/${format === "mp3" ? "mpeg" : format}`,
    ...headers,
  });
}

async function* sayIt(sound: Buffer, input: string): Pieces {
  for (let at = 0; at < sound.length; at += 8)
    yield `data: ${JSON.stringify({ type: "speech.audio.delta", audio: sound.subarray(at, at + 8).toString("base64") })}\n\n`;
  const usage = { input_tokens: estimateTokens(input.length), output_tokens: sound.length / 2 };
  yield `data: ${JSON.stringify({ type: "speech.audio.done", usage })}\n\n`;
  return "end";
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString("utf8"));
  } catch {
    return undefined;
  }
}
