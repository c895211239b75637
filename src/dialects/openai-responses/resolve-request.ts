import { GatewayError } from "../../errors.ts";
import type { ChatRequest } from "../../model/request.ts";
import type { ParsedChat } from "../dialect.ts";
import { findCrowd } from "../find-crowd.ts";
import { dropCompacted, type OpenSummary, toSummaryRequest, unsealItem } from "./compaction.ts";
import { encodeEcho } from "./encode-echo.ts";
import { listIgnored, listIgnoredInSummary, nameIgnoredItems } from "./list-ignored.ts";
import { parseMessages, type PlacedItem } from "./parse-messages.ts";
import type { ResponsesInput } from "./parse-request.ts";
import { parseResponseFormat } from "./parse-response-format.ts";
import { parseTools } from "./parse-tools.ts";
import { type CompactionPlan, planCompaction } from "./plan-compaction.ts";
import { readEffort } from "./read-effort.ts";
import { placeStored, resolveItem } from "./resolve-items.ts";
import { toStoredItems, type WireItem } from "./stored-items.ts";
import type { ToolTable } from "./tool-table.ts";
import type { ResponseEcho } from "./wire.ts";

/** What a body refers to, and what is known of its model. */
export interface RequestContext {
  readonly responseId: string;
  /** Items of the responses before this one, or of its conversation, oldest first. */
  readonly history: readonly WireItem[];
  /** Items by their id, for each `item_reference`. */
  readonly references: ReadonlyMap<string, WireItem>;
  readonly openSummary: OpenSummary;
  /** The model's own sampling, shown when the request sets none. */
  readonly temperature: number | undefined;
  readonly topP: number | undefined;
}

/** A request, understood. */
export interface ParsedResponses {
  readonly request: ChatRequest;
  /** True: the request asks for a summary, and the answer is to be sealed. */
  readonly compacts: boolean;
  /** What `context_management` asks for; `undefined` when it asks for nothing, or nothing can be compacted. */
  readonly compaction: CompactionPlan | undefined;
  /** As in `ParsedChat`. */
  readonly ignored: ParsedChat["ignored"];
  readonly spellings: ParsedChat["spellings"];
  readonly tools: ToolTable;
  readonly echo: ResponseEcho;
  /** The input as it is stored. */
  readonly inputItems: readonly WireItem[];
}

/** Whether the items end with the wish to compact them. Throws kind `invalid-request` for one that stands elsewhere. */
function asksToCompact(own: readonly PlacedItem[]): boolean {
  const at = own.findIndex(({ item }) => item.type === "compaction_trigger");
  if (at === -1) return false;
  if (at === own.length - 1) return true;
  throw new GatewayError("invalid-request", "A compaction_trigger must be the last item of the input.", {
    param: own[at]?.param,
  });
}

/** The field by which a body goes on from what came before it. */
function historyParam({ body }: ResponsesInput): "conversation" | "previous_response_id" {
  return body.conversation === undefined ? "previous_response_id" : "conversation";
}

/** Throws when what came before a request makes it longer than a request may be by itself. */
function refuseLongHistory(history: readonly WireItem[], param: ReturnType<typeof historyParam>): void {
  const crowd = findCrowd({ history }, ["history"]);
  if (crowd === undefined) return;
  throw new GatewayError(
    "invalid-request",
    `The history behind '${param}' is too long: ${crowd.text}, or begin a new ${param === "conversation" ? param : "chain"}.`,
    { param },
  );
}

/** Makes the canonical request of a body and what it refers to. Throws `GatewayError`. */
export function resolveRequest(read: ResponsesInput, context: RequestContext): ParsedResponses {
  const { body } = read;
  const param = historyParam(read);
  refuseLongHistory(context.history, param);
  const own = read.items.flatMap((placed) => resolveItem(placed, context.references));
  const compacts = asksToCompact(own);
  const all = dropCompacted([...placeStored(context.history, param), ...own]);
  const items = all.map((placed) => unsealItem(placed, context.openSummary));
  const { tools, chosen } = parseTools(body, items);
  const messages = parseMessages(items, tools);
  const { format, echo: formatEcho } = parseResponseFormat(body, items);
  if (!compacts && messages.length === 0 && body.instructions === undefined) {
    throw new GatewayError("invalid-request", "'input' is missing: send a text or a list of items.", {
      param: "input",
    });
  }
  const { effort, names } = readEffort(body, items);
  const { instructions, max_output_tokens: limit } = body;
  const request: ChatRequest = {
    model: body.model,
    messages: [
      ...(instructions === undefined || instructions === ""
        ? []
        : [{ role: "system" as const, parts: [{ type: "text" as const, text: instructions }] }]),
      ...messages,
    ],
    tools: chosen.definitions,
    toolChoice: chosen.choice,
    parallelToolCalls: body.parallel_tool_calls ?? true,
    responseFormat: format,
    sampling: {
      ...(body.temperature === undefined ? {} : { temperature: body.temperature }),
      ...(body.top_p === undefined ? {} : { topP: body.top_p }),
    },
    ...(limit === undefined ? {} : { maxOutputTokens: limit }),
    stopSequences: body.stop ?? [],
    ...(effort === undefined ? {} : { effort }),
    ...(body.prompt_cache_key === undefined ? {} : { cacheKey: body.prompt_cache_key }),
  };
  return {
    request: compacts ? toSummaryRequest(request) : request,
    compacts,
    compaction: compacts
      ? undefined
      : planCompaction(body.context_management, {
          request,
          messages,
          items: all,
          tools,
          openSummary: context.openSummary,
        }),
    ignored: [
      ...listIgnored(body),
      ...(compacts ? listIgnoredInSummary(body) : []),
      ...nameIgnoredItems(items),
      ...tools.leftOut.map((type) => `tools[${type}]`),
      ...(chosen.ignored ? ["tool_choice"] : []),
    ],
    spellings: {
      ...(body.temperature === undefined ? {} : { temperature: ["temperature"] }),
      ...(body.top_p === undefined ? {} : { topP: ["top_p"] }),
      // A summary is written without: `toSummaryRequest`.
      ...(effort === undefined || compacts ? {} : { effort: names }),
    },
    tools,
    echo: encodeEcho(body, tools, formatEcho, context),
    inputItems: toStoredItems(
      own.map(({ item }) => item),
      context.responseId,
    ),
  };
}
