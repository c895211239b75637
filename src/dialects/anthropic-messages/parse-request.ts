import type { ContextEdit } from "../../model/context-edit.ts";
import type { ChatRequest, Message, ReasoningMode } from "../../model/request.ts";
import type { ParsedChat } from "../dialect.ts";
import { findCrowd } from "../find-crowd.ts";
import { createToolMemory } from "../remember-tools.ts";
import { parseMessages } from "./parse-messages.ts";
import { toContextEdits } from "./context-management.ts";
import { listIgnored } from "./list-ignored.ts";
import { parseBody, toFieldError } from "./parse-body.ts";
import { readEffort } from "./read-effort.ts";
import { parseResponseFormat } from "./parse-response-format.ts";
import { countTokensSchema, requestSchema, type WireCountRequest } from "./request-schema.ts";
import { readToolHistory } from "./tool-changes.ts";
import { parseTools } from "./parse-tools.ts";
import type { ToolsetCall } from "./toolset.ts";

/**
 * Thinking blocks only reach a caller that asked for them: others don't expect such blocks, though the models
 * think anyhow.
 */
function toReasoningMode(thinking: WireCountRequest["thinking"]): ReasoningMode {
  if (!thinking || thinking.type === "disabled" || thinking.display === "omitted") return "drop";
  return "field";
}

const parseKnown = createToolMemory();

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
      { kind: "unsupported" },
    );
  }
  const turns = parseMessages(body.messages);
  if (turns.length === 0) throw toFieldError(["messages"], "at least one message must have content");
  const { effort } = readEffort(body);
  const declared = body.tools ?? [];
  const history = readToolHistory(body.messages, declared);
  const { ignored, toolsetCalls, ...tools } = parseTools(declared, body.tool_choice, history);
  return {
    request: {
      model: body.model,
      messages: [...toSystem(body.system ?? []), ...turns],
      ...tools,
      responseFormat: parseResponseFormat(body),
      sampling: {},
      stopSequences: [],
      ...(effort === undefined ? {} : { effort }),
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
  const body = parseKnown(raw, (one) => parseBody(requestSchema, one));
  const { request, toolsetCalls, contextEdits, ignored } = toRequest(body);
  return {
    toolsetCalls,
    contextEdits,
    request: {
      ...request,
      sampling: {
        ...(typeof body.temperature === "number" ? { temperature: body.temperature } : {}),
        ...(typeof body.top_p === "number" ? { topP: body.top_p } : {}),
        ...(typeof body.top_k === "number" && body.top_k > 0 ? { topK: body.top_k } : {}),
      },
      maxOutputTokens: body.max_tokens,
      stopSequences: body.stop_sequences ?? [],
    },
    stream: body.stream ?? false,
    ignored: [...listIgnored(body, raw), ...ignored],
    spellings: {
      ...(typeof body.temperature === "number" ? { temperature: ["temperature"] } : {}),
      ...(typeof body.top_p === "number" ? { topP: ["top_p"] } : {}),
      ...(typeof body.top_k === "number" && body.top_k > 0 ? { topK: ["top_k"] } : {}),
      ...readEffort(body).spellings,
    },
  };
}

/** Understands the body of `POST /v1/messages/count_tokens`, which needs no `max_tokens`. Throws likewise. */
export function parseCountTokens(raw: unknown): Pick<ParsedMessages, "request" | "contextEdits"> {
  refuseCrowd(raw);
  const { request, contextEdits } = toRequest(parseKnown(raw, (one) => parseBody(countTokensSchema, one)));
  return { request, contextEdits };
}
