import type { ChatRequest, Message, ReasoningMode, ResponseFormat } from "../../model/request.ts";
import { refuseWrongSchema } from "../../shaping/schema/compile-json-schema.ts";
import type { ParsedChat } from "../dialect.ts";
import { findIgnored } from "../ignored-parameters.ts";
import { findCrowd } from "../find-crowd.ts";
import { toMessages } from "./content.ts";
import { parseFields, toFieldError } from "./parse-fields.ts";
import { countTokensSchema, messagesSchema, type WireCountRequest } from "./request-schema.ts";
import { toOfferedTools } from "./tools.ts";

/** Fields that have an effect; all others are named as ignored. */
const understood: ReadonlySet<string> = new Set([
  "model",
  "messages",
  "max_tokens",
  "system",
  "tools",
  "tool_choice",
  "stop_sequences",
  "temperature",
  "top_p",
  "thinking",
  "output_config",
  "output_format",
  "stream",
]);

/**
 * Thinking blocks only reach a caller that asked for them: others don't expect such blocks, though the models
 * think anyhow.
 */
function toReasoningMode(thinking: WireCountRequest["thinking"]): ReasoningMode {
  if (!thinking || thinking.type === "disabled" || thinking.display === "omitted") return "drop";
  return "field";
}

/** Throws for a wrong schema, by the name of its field. */
function toResponseFormat(body: WireCountRequest): ResponseFormat {
  // output_format is the beta spelling of output_config.format.
  const format = body.output_config?.format ?? body.output_format;
  if (!format) return { kind: "text" };
  refuseWrongSchema(
    format.schema,
    body.output_config?.format ? "output_config.format.schema" : "output_format.schema",
  );
  return { kind: "json-schema", name: "response", schema: format.schema };
}

function listIgnored(body: WireCountRequest, raw: unknown): string[] {
  const ignored = typeof raw === "object" && raw !== null ? findIgnored({ ...raw }, understood) : [];
  if (body.output_config?.effort) ignored.push("output_config.effort");
  if (body.thinking?.budget_tokens) ignored.push("thinking.budget_tokens");
  const cites = body.messages.some((message) =>
    message.content.some((block) => block.type === "document" && block.citations?.enabled === true),
  );
  if (cites) ignored.push("citations");
  return ignored;
}

/** Throws for lists that are too long to be read. */
function refuseCrowd(raw: unknown): void {
  const crowd = findCrowd(raw, ["messages", "system", "tools"]);
  if (crowd !== undefined) throw toFieldError([crowd.field], crowd.text);
}

/** All that both endpoints share: what the model will see. */
function toRequest(body: WireCountRequest): { request: ChatRequest; ignored: readonly string[] } {
  const system: Message[] = body.system?.length ? [{ role: "system", parts: body.system }] : [];
  const turns = body.messages.flatMap(toMessages);
  if (turns.length === 0) throw toFieldError(["messages"], "at least one message must have content");
  const { ignored, ...tools } = toOfferedTools(body.tools ?? [], body.tool_choice);
  return {
    request: {
      model: body.model,
      messages: [...system, ...turns],
      ...tools,
      responseFormat: toResponseFormat(body),
      sampling: {},
      stopSequences: [],
      reasoning: toReasoningMode(body.thinking),
    },
    ignored,
  };
}

/** Understands the body of `POST /v1/messages`. Throws `GatewayError` that names the field as the API does. */
export function parseMessages(raw: unknown): ParsedChat {
  refuseCrowd(raw);
  const body = parseFields(messagesSchema, raw);
  const { request, ignored } = toRequest(body);
  return {
    request: {
      ...request,
      sampling: {
        ...(typeof body.temperature === "number" ? { temperature: body.temperature } : {}),
        ...(typeof body.top_p === "number" ? { topP: body.top_p } : {}),
      },
      maxOutputTokens: body.max_tokens,
      stopSequences: body.stop_sequences ?? [],
    },
    stream: body.stream ?? false,
    ignored: [...listIgnored(body, raw), ...ignored],
  };
}

/** Understands the body of `POST /v1/messages/count_tokens`, which needs no `max_tokens`. Throws likewise. */
export function parseCountTokens(raw: unknown): ChatRequest {
  refuseCrowd(raw);
  return toRequest(parseFields(countTokensSchema, raw)).request;
}
