import type { ContextEdit } from "../../model/context-edit.ts";
import type { ChatRequest, Message, ReasoningMode, ResponseFormat } from "../../model/request.ts";
import { refuseWrongSchema } from "../../shaping/schema/compile-json-schema.ts";
import type { ParsedChat } from "../dialect.ts";
import { findIgnored } from "../find-ignored.ts";
import { findCrowd } from "../find-crowd.ts";
import { parseMessages } from "./parse-messages.ts";
import { listIgnoredEdits, toContextEdits } from "./context-management.ts";
import { parseBody, toFieldError } from "./parse-body.ts";
import { countTokensSchema, messagesSchema, type WireCountRequest } from "./request-schema.ts";
import { readToolHistory } from "./tool-changes.ts";
import { parseTools } from "./parse-tools.ts";
import type { ToolsetCall } from "./toolset.ts";

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
  "thread",
  "context_management",
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
  if (body.thinking?.block_binding) ignored.push("thinking.block_binding");
  if (body.output_config?.task_budget) ignored.push("output_config.task_budget");
  if (!body.output_config?.effort && body.messages.some((message) => message.output_config?.effort))
    ignored.push("output_config.effort");
  const cites = body.messages.some((message) =>
    message.content.some((block) => block.type === "document" && block.citations?.enabled === true),
  );
  if (cites) ignored.push("citations");
  // The file is in a container of Anthropic's: whoever sends it means the model to see it.
  if (body.messages.some(({ content }) => content.some(({ type }) => type === "container_upload")))
    ignored.push("container_upload");
  ignored.push(...listIgnoredEdits(body.context_management ?? {}));
  return ignored;
}

/** Throws for lists that are too long to be read. */
function refuseCrowd(raw: unknown): void {
  const crowd = findCrowd(raw, ["messages", "system", "tools"]);
  if (crowd !== undefined) throw toFieldError([crowd.field], crowd.text);
}

/** The line by which Claude Code tells Anthropic who pays: nothing for a model. It begins the system prompt. */
const attribution = /^x-anthropic-billing-header:[^\n]*\n*/;

function toSystem([first, ...rest]: NonNullable<WireCountRequest["system"]>): Message[] {
  if (first === undefined) return [];
  const own = first.text.replace(attribution, "");
  const parts = own === "" && first.text !== "" ? rest : [{ ...first, text: own }, ...rest];
  return parts.length === 0 ? [] : [{ role: "system", parts }];
}

/** The turns, without the system messages that were to be seen only until the user spoke again. */
function toTurns(wireMessages: WireCountRequest["messages"]): Message[] {
  const lastUser = wireMessages.findLastIndex(({ role }) => role === "user");
  return wireMessages.flatMap((message, index) => {
    const turns = parseMessages(message, index);
    const isCleared =
      message.role === "system" && message.clear_at === "next_user_message" && index < lastUser;
    return isCleared ? [] : turns;
  });
}

/** What both endpoints make of a body. */
interface ReadRequest {
  readonly request: ChatRequest;
  readonly toolsetCalls: ReadonlyMap<string, ToolsetCall>;
  readonly contextEdits: readonly ContextEdit[] | undefined;
  readonly ignored: readonly string[];
}

/** All that both endpoints share: what the model will see. */
function toRequest(body: WireCountRequest): ReadRequest {
  if ((body.compaction ?? undefined) !== undefined) {
    throw toFieldError(
      ["compaction"],
      "This gateway does not compact conversations. Ask the model for a summary in a message of your own.",
      "unsupported",
    );
  }
  const turns = toTurns(body.messages);
  if (turns.length === 0) throw toFieldError(["messages"], "at least one message must have content");
  const declared = body.tools ?? [];
  const history = readToolHistory(body.messages, declared);
  const { ignored, toolsetCalls, ...tools } = parseTools(declared, body.tool_choice, history);
  return {
    request: {
      model: body.model,
      messages: [...toSystem(body.system ?? []), ...turns],
      ...tools,
      responseFormat: toResponseFormat(body),
      sampling: {},
      stopSequences: [],
      reasoning: toReasoningMode(body.thinking),
    },
    toolsetCalls,
    contextEdits: body.context_management ? toContextEdits(body.context_management) : undefined,
    ignored,
  };
}

/** A body of the Messages API, understood. */
export interface ParsedMessages extends ParsedChat {
  /** The calls of toolsets by the name that the model uses; the answer's encoders need them. */
  readonly toolsetCalls: ReadonlyMap<string, ToolsetCall>;
  /** What to leave out of the conversation; `undefined`: nothing was said of that, and nothing is told. */
  readonly contextEdits: ReadRequest["contextEdits"];
}

/** Understands the body of `POST /v1/messages`. Throws `GatewayError` that names the field as the API does. */
export function parseRequest(raw: unknown): ParsedMessages {
  refuseCrowd(raw);
  const body = parseBody(messagesSchema, raw);
  const { request, toolsetCalls, contextEdits, ignored } = toRequest(body);
  return {
    toolsetCalls,
    contextEdits,
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
export function parseCountTokens(raw: unknown): Pick<ParsedMessages, "request" | "contextEdits"> {
  refuseCrowd(raw);
  const { request, contextEdits } = toRequest(parseBody(countTokensSchema, raw));
  return { request, contextEdits };
}
