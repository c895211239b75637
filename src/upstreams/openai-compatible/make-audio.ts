import { GatewayError } from "../../errors.ts";
import type { AudioPiece, AudioRequest } from "../../model/audio.ts";
import type { Usage } from "../../model/events.ts";
import { createLineDecoder } from "../../stream/lines.ts";
import type { Sink } from "../../stream/source.ts";
import type { Reply } from "../http/exchange.ts";
import type { AskOptions } from "../upstream.ts";
import type { CompatibleServer, PostedBody } from "./create-server.ts";
import { decodeErrorValue } from "./decode-error.ts";
import { isErrorBody } from "./read-error-body.ts";
import { asObject, parseJson } from "./read-json.ts";
import { readUsage } from "./read-usage.ts";

/** With whom audio is made. */
export interface MakeAudioOptions extends AskOptions {
  readonly name: string;
  readonly server: CompatibleServer;
  readonly now: () => number;
}

/** The words of many hours with the time of each. */
const longestTranscript = 67_108_864;
/** Speech comes in base64 within its events. */
const longestEvent = 16_777_216;

const paths = {
  transcription: "/audio/transcriptions",
  translation: "/audio/translations",
  speech: "/audio/speech",
} as const satisfies Record<AudioRequest["kind"], string>;

/**
 * Has a text spoken, or a recording written down, by OpenAI's routes. Events and sound pass as they come, a transcript when it is whole. Throws `GatewayError`.
 * Source: OpenAI's reference, "Audio".
 */
export async function makeAudio(
  request: AudioRequest,
  options: MakeAudioOptions,
  sink: Sink<AudioPiece>,
): Promise<void> {
  const { server } = options;
  options.watch?.ask(options.name);
  const outcome = await server.post(paths[request.kind], await encodeBody(request), options);
  if (outcome.kind === "failure") throw outcome.failure.error;
  const { reply } = outcome;
  const contentType = reply.header("content-type") ?? "";
  if (/^text\/event-stream\b/i.test(contentType)) return passEvents(reply, sink);
  if (request.kind === "speech" && /^(?:audio\/|application\/octet-stream\b)/i.test(contentType))
    return passSound(reply, contentType, options, sink);
  return passText(request, { reply, contentType }, options, sink);
}

async function encodeBody(request: AudioRequest): Promise<PostedBody> {
  const { model } = request;
  if (request.kind === "speech") return JSON.stringify({ ...request.fields, model, input: request.input });
  const { file, fields } = request;
  const form = new FormData();
  form.append("model", model);
  for (const [name, value] of fields) form.append(name, value);
  form.append("file", new Blob([new Uint8Array(file.bytes)], { type: file.type }), file.name);
  const encoded = new Response(form);
  return {
    type: encoded.headers.get("content-type") ?? "multipart/form-data",
    bytes: new Uint8Array(await encoded.arrayBuffer()),
  };
}

/** Events as they come. What they say of usage, the last that says something tells. */
async function passEvents(reply: Reply, sink: Sink<AudioPiece>): Promise<void> {
  const contentType = "text/event-stream; charset=utf-8";
  const lines = createLineDecoder({ maxLineBytes: longestEvent });
  let usage: Usage | undefined;

  function look(list: readonly string[]): void {
    for (const line of list) {
      if (!line.startsWith("data:") || !line.includes('"usage"')) continue;
      usage = readUsage(asObject(parseJson(line.slice("data:".length)))?.["usage"]) ?? usage;
    }
  }

  await reply.read((bytes) => {
    for (const piece of bytes) look(lines.push(piece));
    return sink({ contentType, bytes, ended: false });
  });
  look(lines.end());
  await sink({ contentType, bytes: [], ended: true, usage });
}

async function passSound(
  reply: Reply,
  contentType: string,
  { server }: MakeAudioOptions,
  sink: Sink<AudioPiece>,
): Promise<void> {
  let isEmpty = true;
  await reply.read((bytes) => {
    isEmpty = false;
    return sink({ contentType, bytes, ended: false });
  });
  if (isEmpty) throw new GatewayError("upstream-protocol", `${server.title} gave no sound.`);
  await sink({ contentType, bytes: [], ended: true });
}

/** A transcript, in JSON or as text. What a server says in JSON in place of sound is an error. */
async function passText(
  request: AudioRequest,
  { reply, contentType }: { readonly reply: Reply; readonly contentType: string },
  { server, now }: MakeAudioOptions,
  sink: Sink<AudioPiece>,
): Promise<void> {
  const text = await reply.text(longestTranscript);
  const isJson = /^application\/json\b/i.test(contentType);
  const value = isJson ? parseJson(text) : undefined;
  if (isErrorBody(value)) throw decodeErrorValue(value, { upstream: server.title, now: now() }).error;
  if (request.kind === "speech" || (isJson && value === undefined)) {
    const what = request.kind === "speech" ? "sound" : "transcript";
    throw new GatewayError("upstream-protocol", `${server.title} gave no ${what} that can be read.`);
  }
  await sink({
    // Whatever else a server calls it, no browser shall take it for a page.
    contentType: isJson ? "application/json; charset=utf-8" : "text/plain; charset=utf-8",
    bytes: [Buffer.from(text, "utf8")],
    ended: true,
    usage: readUsage(asObject(value)?.["usage"]),
  });
}
