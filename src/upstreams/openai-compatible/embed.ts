import { GatewayError } from "../../errors.ts";
import type { EmbeddingRequest, EmbeddingResponse } from "../../model/embedding.ts";
import type { AskOptions } from "../upstream.ts";
import type { CompatibleServer } from "./create-server.ts";
import { decodeErrorValue } from "./decode-error.ts";
import { isErrorBody } from "./read-error-body.ts";
import { asCount, asList, asObject, parseJson } from "./read-json.ts";
import { readUsage } from "./read-usage.ts";

/** With whom vectors are asked for. */
export interface EmbedOptions extends AskOptions {
  readonly name: string;
  readonly server: CompatibleServer;
  readonly now: () => number;
}

/** Thousands of vectors of thousands of numbers. */
const longestReply = 268_435_456;

/** Asks for vectors by `POST /embeddings`. Throws `GatewayError`. */
export async function embed(request: EmbeddingRequest, options: EmbedOptions): Promise<EmbeddingResponse> {
  const { server, now } = options;
  const { model, input, dimensions } = request;
  options.watch?.ask(options.name);
  const body = {
    model,
    input,
    encoding_format: "float",
    ...(dimensions === undefined ? {} : { dimensions }),
  };
  const outcome = await server.post("/embeddings", JSON.stringify(body), options);
  if (outcome.kind === "failure") throw outcome.failure.error;
  const value = parseJson(await outcome.reply.text(longestReply));
  if (isErrorBody(value)) throw decodeErrorValue(value, { upstream: server.title, now: now() }).error;
  const answer = asObject(value) ?? {};
  const vectors = decodeVectors(answer["data"], input.length);
  if (vectors === undefined) {
    throw new GatewayError("upstream-protocol", `${server.title} did not give one vector for each text.`);
  }
  return { vectors, inputTokens: readUsage(answer["usage"])?.inputTokens };
}

/** In the order of the texts, which is that of `index` where the server writes one. */
function decodeVectors(data: unknown, count: number): readonly (readonly number[])[] | undefined {
  const vectors: (readonly number[] | undefined)[] = Array.from({ length: count });
  for (const [at, item] of asList(data).entries()) {
    const entry = asObject(item);
    vectors[asCount(entry?.["index"]) ?? at] = decodeVector(entry?.["embedding"]);
  }
  const complete = vectors.filter((vector) => vector !== undefined && vector.length > 0);
  return complete.length === count && vectors.length === count
    ? complete.flatMap((one) => (one ? [one] : []))
    : undefined;
}

/** A list of numbers, or base64 of float32, little-endian, which some give unasked. */
function decodeVector(value: unknown): readonly number[] | undefined {
  if (typeof value === "string") {
    const bytes = Buffer.from(value, "base64");
    if (bytes.length % 4 !== 0) return undefined;
    return Array.from({ length: bytes.length / 4 }, (_, at) => bytes.readFloatLE(at * 4));
  }
  const numbers = asList(value).filter((one) => typeof one === "number");
  return numbers.length === asList(value).length ? numbers : undefined;
}
