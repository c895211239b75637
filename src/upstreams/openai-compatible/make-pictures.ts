import { GatewayError } from "../../errors.ts";
import type { IdFactory } from "../../model/ids.ts";
import type { AskOptions, ImageEvent, ImageRequest } from "../upstream.ts";
import type { CompatibleServer, Outcome } from "./create-server.ts";
import { decodeErrorValue } from "./decode-error.ts";
import { isErrorBody } from "./read-error-body.ts";
import { asList, asObject, asText, parseJson, type JsonObject } from "./read-json.ts";

/** With whom pictures are asked for. */
export interface MakePictureOptions extends AskOptions {
  readonly name: string;
  readonly server: CompatibleServer;
  readonly now: () => number;
  readonly newId: IdFactory;
}

/** A picture of 4096 × 4096 as PNG, in base64. */
const longestReply = 134_217_728;

/** Has a picture made by `POST /images/generations`; the wish is the last turn. Throws `GatewayError`. */
export async function* makePicture(
  request: ImageRequest,
  options: MakePictureOptions,
): AsyncGenerator<ImageEvent, void, undefined> {
  const { server } = options;
  const prompt = request.turns.at(-1)?.text ?? "";
  options.watch?.ask(options.name);
  const outcome = await post({ model: request.model, prompt, n: 1, ...request.settings }, options);
  if (outcome.kind === "failure") throw outcome.failure.error;
  const value = parseJson(await outcome.reply.text(longestReply));
  if (isErrorBody(value)) {
    throw decodeErrorValue(value, { upstream: server.title, now: options.now() }).error;
  }
  const picture = asObject(asList(asObject(value)?.["data"])[0]) ?? {};
  const bytes = readBytes(picture);
  if (bytes === undefined) {
    throw new GatewayError("upstream-protocol", `${server.title} gave no picture that can be read.`);
  }
  const told = asText(picture["revised_prompt"]) ?? prompt;
  yield { type: "accepted", jobId: options.newId("ig_"), prompt: told, negativePrompt: "" };
  yield { type: "done", image: { kind: "bytes", bytes } };
}

/** Newer models always give bytes, and refuse the field that asks for them. */
async function post(body: JsonObject, options: MakePictureOptions): Promise<Outcome> {
  const path = "/images/generations";
  const wanted = { ...body, response_format: "b64_json" };
  const first = await options.server.post(path, JSON.stringify(wanted), options);
  const isAboutFormat =
    first.kind === "failure" &&
    first.failure.reason === "invalid-request" &&
    first.failure.error.message.includes("response_format");
  if (!isAboutFormat) return first;
  options.watch?.retry("invalid-request");
  return options.server.post(path, JSON.stringify(body), options);
}

/** Bytes in base64. An address elsewhere is not followed: nobody knows whose it is. */
function readBytes(picture: JsonObject): Uint8Array | undefined {
  const inline = /^data:[^,]{0,100};base64,/.exec(asText(picture["url"]) ?? "")?.[0];
  const url = asText(picture["url"]) ?? "";
  const base64 = asText(picture["b64_json"]) ?? (inline === undefined ? undefined : url.slice(inline.length));
  if (base64 === undefined) return undefined;
  const bytes = Buffer.from(base64, "base64");
  return bytes.length === 0 ? undefined : bytes;
}
