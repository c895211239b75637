import { GatewayError } from "../../errors.ts";
import type { ChatRequest, Message } from "../../model/request.ts";
import { asksForNothing } from "../find-ignored.ts";
import { findIgnoredOllama, type ParsedOllama, readOllamaWishes, toOllamaLoad } from "../ollama-fields.ts";
import { parseOllamaImages } from "../ollama-images.ts";
import { parseBody } from "../parse-body.ts";
import { toContinuation } from "../to-continuation.ts";
import { requestSchema, type RequestBody } from "./request-schema.ts";

const understood: ReadonlySet<string> = new Set(["prompt", "suffix", "system", "images", "raw"]);

/** Why a field can't have an effect here. */
const impossible = {
  template: "prompts are put together by the models' servers. Send 'system', or messages to /api/chat",
  context: "the tokens of an earlier answer are not kept. Send the conversation to /api/chat",
} as const;

function refuseImpossible(body: RequestBody): void {
  for (const param of ["template", "context"] as const) {
    if (asksForNothing(body[param])) continue;
    throw new GatewayError("unsupported", `'${param}' is not supported: ${impossible[param]}.`, { param });
  }
}

/** A text that is continued as it is has no place for what belongs to a chat. */
function refuseBeside(body: RequestBody, field: "raw" | "suffix"): void {
  const others = ["system", "images", "format"] as const;
  // With a suffix Ollama has a template for both texts, and drops none of the rest without a word either.
  const param = others.find((name) => !asksForNothing(body[name]));
  if (param === undefined) return;
  throw new GatewayError(
    "invalid-request",
    `'${param}' can't stand beside '${field}': leave out one of both.`,
    {
      param,
    },
  );
}

/** What is to be answered: a prompt, or a text to go on with. */
function toConversation(
  body: RequestBody,
): Pick<ChatRequest, "messages" | "tools" | "toolChoice" | "parallelToolCalls" | "continues"> {
  const { prompt = "", suffix = "", system = "", images, raw = false } = body;
  if (raw || suffix !== "") {
    refuseBeside(body, raw ? "raw" : "suffix");
    return toContinuation(prompt, suffix);
  }
  const messages: Message[] = [
    { role: "user", parts: [{ type: "text", text: prompt }, ...parseOllamaImages(images, "images")] },
  ];
  if (system !== "") messages.unshift({ role: "system", parts: [{ type: "text", text: system }] });
  return { messages, tools: [], toolChoice: { kind: "none" }, parallelToolCalls: false };
}

/**
 * Parses the body of `POST /api/generate`; without a prompt it asks for nothing but the model. Throws `invalid-request` or `unsupported`
 * that names the field. `stream` is on unless it is `false`.
 */
export function parseRequest(input: unknown): ParsedOllama {
  const body = parseBody(requestSchema, input);
  const isEmpty = [body.prompt, body.suffix, body.images].every(asksForNothing);
  if (isEmpty) return toOllamaLoad(body);
  refuseImpossible(body);
  const { request, spellings } = readOllamaWishes(body);
  return {
    kind: "ask",
    request: { model: body.model, ...toConversation(body), ...request },
    stream: body.stream ?? true,
    ignored: findIgnoredOllama(body, understood),
    spellings,
  };
}
