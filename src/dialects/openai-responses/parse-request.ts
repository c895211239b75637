import { z } from "zod";
import { GatewayError, shorten } from "../../errors.ts";
import type { ChatRequest } from "../../model/request.ts";
import { boundSchemas, type NamedSchema } from "../../shaping/schema/bound-schemas.ts";
import { findCrowd } from "../find-crowd.ts";
import { refuseUnsafe } from "../find-openai-ignored.ts";
import { parseBody, refuseCrowd } from "../parse-body.ts";
import { nameExamples } from "../tool-examples.ts";
import { describeSkills } from "./built-in-tools.ts";
import { dropCompacted, type OpenSummary, toSummaryRequest, unsealItem } from "./compaction.ts";
import { type CompactionPlan, planCompaction } from "./plan-compaction.ts";
import { inputItem, type InputItem } from "./input-schema.ts";
import { listIgnored, listIgnoredInSummary, nameIgnoredItems } from "./list-ignored.ts";
import { type ResponsesBody, requestSchema } from "./request-schema.ts";
import { toStoredItems, type WireItem } from "./stored-items.ts";
import { parseResponseFormat, type TextFormat } from "./parse-response-format.ts";
import { type PlacedItem, parseMessages } from "./parse-messages.ts";
import { parseToolChoice } from "./parse-tool-choice.ts";
import type { WireTool } from "./tool-schema.ts";
import { createToolTable, type ToolTable } from "./tool-table.ts";
import type { ResponseEcho } from "./wire.ts";

/** A body whose form is right; what it refers to is not known yet. */
export interface ResponsesInput {
  readonly body: ResponsesBody;
  /** `input` as items. */
  readonly items: readonly PlacedItem[];
}

/** What a body refers to, and what is known of its model. */
export interface RequestContext {
  readonly responseId: string;
  /** Items of the responses before this one, oldest first. */
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
  /** Parameters without effect, as the client spelled them. */
  readonly ignored: readonly string[];
  readonly tools: ToolTable;
  readonly echo: ResponseEcho;
  /** The input as it is stored. */
  readonly inputItems: readonly WireItem[];
}

/**
 * Reads a request body. Throws kind `invalid-request` that names the wrong field, and kind `unsupported` for
 * conversations and stored prompts, which live on OpenAI's side only.
 */
export function parseRequest(value: unknown): ResponsesInput {
  refuseCrowd(value, ["input", "tools"]);
  const body = parseBody(requestSchema, value);
  if (body.conversation !== undefined) {
    throw new GatewayError(
      "unsupported",
      "Conversations are not supported here. Use previous_response_id, or send the earlier items in input.",
      { param: "conversation" },
    );
  }
  if (body.prompt !== undefined) {
    throw new GatewayError(
      "unsupported",
      "Stored prompts are not supported here. Send their text in instructions and input.",
      { param: "prompt" },
    );
  }
  refuseUnsafe(body);
  if (body.background === true && body.store === false) {
    throw new GatewayError(
      "invalid-request",
      "A background response must be stored: leave out store: false.",
      {
        param: "store",
      },
    );
  }
  if (typeof body.input === "string") {
    const item: InputItem = { type: "message", id: undefined, role: "user", content: body.input };
    return { body, items: [{ item, param: "input" }] };
  }
  const items = (body.input ?? []).map((item, index) => ({ item, param: `input[${index}]` }));
  return { body, items };
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

/** Items that were valid when they came in or went out. */
function placeStored(items: readonly WireItem[]): PlacedItem[] {
  return z
    .array(inputItem)
    .parse(items)
    .filter(({ type }) => type !== "compaction_trigger")
    .map((item) => ({ item, param: "previous_response_id" }));
}

function resolve({ item, param }: PlacedItem, references: ReadonlyMap<string, WireItem>): PlacedItem[] {
  if (item.type !== "item_reference") return [{ item, param }];
  const found = references.get(item.id);
  if (found !== undefined) return [{ item: inputItem.parse(found), param }];
  // Thinking is never sent again, so nothing is lost with it.
  if (item.id.startsWith("rs_")) return [];
  throw new GatewayError(
    "not-found",
    `No stored item has the id '${shorten(item.id)}'. Send the item itself, or store the response that it comes from.`,
    { param: `${param}.id` },
  );
}

function toEcho(
  body: ResponsesBody,
  tools: ToolTable,
  format: TextFormat["echo"],
  context: RequestContext,
): ResponseEcho {
  const { effort, summary, generate_summary } = body.reasoning ?? {};
  return {
    instructions: body.instructions ?? null,
    previous_response_id: body.previous_response_id ?? null,
    tools: tools.echo,
    tool_choice: body.tool_choice ?? "auto",
    parallel_tool_calls: body.parallel_tool_calls ?? true,
    text: { ...body.text, format },
    reasoning: { effort: effort ?? null, summary: summary ?? generate_summary ?? null },
    temperature: body.temperature ?? context.temperature ?? 1,
    top_p: body.top_p ?? context.topP ?? 1,
    presence_penalty: 0,
    frequency_penalty: 0,
    top_logprobs: 0,
    max_output_tokens: body.max_output_tokens ?? null,
    max_tool_calls: body.max_tool_calls ?? null,
    truncation: body.truncation ?? "disabled",
    store: body.store ?? true,
    background: body.background ?? false,
    service_tier: "default",
    metadata: body.metadata ?? {},
    safety_identifier: body.safety_identifier ?? null,
    prompt_cache_key: body.prompt_cache_key ?? null,
    user: body.user ?? null,
  };
}

/** The schemas of some tools under the names of their fields. */
function* nameSchemas(tools: readonly WireTool[], at: string): Generator<NamedSchema, void, undefined> {
  for (const [index, tool] of tools.entries()) {
    const param = `${at}[${index}]`;
    if (tool.type === "namespace") yield* nameSchemas(tool.tools, `${param}.tools`);
    else if (tool.type === "function") {
      yield {
        schema: tool.parameters ?? {},
        texts: [tool.description],
        param: `${param}.parameters`,
      };
      yield* nameExamples(tool.input_examples, `${param}.input_examples`);
    } else if (tool.type === "custom") {
      yield { schema: {}, texts: [tool.description, tool.format?.definition], param: `${param}.format` };
      yield* nameExamples(tool.input_examples, `${param}.input_examples`);
    } else if (tool.type === "shell") {
      yield { schema: {}, texts: [describeSkills(tool)], param: `${param}.environment` };
    }
  }
}

/** All schemas of a request's tools, those that stand among its items included. */
function* nameAllSchemas(
  tools: readonly WireTool[],
  items: readonly PlacedItem[],
): Generator<NamedSchema, void, undefined> {
  yield* nameSchemas(tools, "tools");
  for (const { item, param } of items) {
    if ("tools" in item && Array.isArray(item.tools)) yield* nameSchemas(item.tools, `${param}.tools`);
  }
}

/** Throws when what came before a request makes it longer than a request may be by itself. */
function refuseLongHistory(history: readonly WireItem[]): void {
  const crowd = findCrowd({ history }, ["history"]);
  if (crowd === undefined) return;
  throw new GatewayError(
    "invalid-request",
    `The history behind 'previous_response_id' is too long: ${crowd.text}, or begin a new chain.`,
    { param: "previous_response_id" },
  );
}

/** Makes the canonical request of a body and what it refers to. Throws `GatewayError`. */
export function resolveRequest(read: ResponsesInput, context: RequestContext): ParsedResponses {
  const { body } = read;
  refuseLongHistory(context.history);
  const own = read.items.flatMap((placed) => resolve(placed, context.references));
  const compacts = asksToCompact(own);
  const all = dropCompacted([...placeStored(context.history), ...own]);
  const items = all.map((placed) => unsealItem(placed, context.openSummary));
  const added = items.flatMap(({ item }) => ("tools" in item && Array.isArray(item.tools) ? item.tools : []));
  boundSchemas(nameAllSchemas(body.tools ?? [], items));
  const tools = createToolTable([...(body.tools ?? []), ...added]);
  const chosen = parseToolChoice(body.tool_choice, tools);
  const messages = parseMessages(items, tools);
  const { format, echo: formatEcho } = parseResponseFormat(body, items);
  if (!compacts && messages.length === 0 && body.instructions === undefined) {
    throw new GatewayError("invalid-request", "'input' is missing: send a text or a list of items.", {
      param: "input",
    });
  }
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
    tools,
    echo: toEcho(body, tools, formatEcho, context),
    inputItems: toStoredItems(
      own.map(({ item }) => item),
      context.responseId,
    ),
  };
}
