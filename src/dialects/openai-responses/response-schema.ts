import { z } from "zod";

/**
 * The answers of the Responses routes, as the reference tells of them; `wire.ts` has the types of what is written. Source: OpenAI's
 * reference and the Open Responses specification.
 */

const status = z.enum(["in_progress", "completed", "incomplete"]);
const named = {
  call_id: z.string(),
  name: z.string(),
  namespace: z.string().optional().describe("Where the tool is one of a namespace."),
};

const outputText = z.object({
  type: z.literal("output_text"),
  text: z.string(),
  annotations: z.array(z.never()).max(0),
  logprobs: z.array(z.never()).max(0),
});
const summaryText = z.object({ type: z.literal("summary_text"), text: z.string() });

/** An item of `output`. */
export const outputItem = z.union([
  z.object({
    type: z.literal("message"),
    id: z.string(),
    status,
    role: z.literal("assistant"),
    content: z.array(outputText),
  }),
  z.object({ type: z.literal("reasoning"), id: z.string(), summary: z.array(summaryText) }),
  z.object({
    type: z.literal("function_call"),
    id: z.string(),
    status,
    ...named,
    arguments: z.string().describe("JSON, by the schema of the tool."),
  }),
  z.object({ type: z.literal("custom_tool_call"), id: z.string(), status, ...named, input: z.string() }),
  z.object({
    type: z.literal("local_shell_call"),
    id: z.string(),
    status,
    call_id: z.string(),
    action: z.looseObject({ type: z.literal("exec"), command: z.array(z.string()) }),
  }),
  z.object({
    type: z.literal("shell_call"),
    id: z.string(),
    status,
    call_id: z.string(),
    action: z.object({
      commands: z.array(z.string()),
      timeout_ms: z.number().nullable(),
      max_output_length: z.number().nullable(),
    }),
    environment: z.object({ type: z.literal("local") }),
  }),
  z.object({
    type: z.literal("apply_patch_call"),
    id: z.string(),
    status: z.enum(["in_progress", "completed"]),
    call_id: z.string(),
    operation: z.object({ type: z.string(), path: z.string(), diff: z.string().optional() }),
  }),
  z.object({
    type: z.literal("compaction"),
    id: z.string(),
    encrypted_content: z.string().describe("Notes of what came before, which this gateway alone can read."),
  }),
]);

/** `usage` of an answer. */
export const usage = z.object({
  input_tokens: z.int(),
  input_tokens_details: z.object({ cached_tokens: z.int() }),
  output_tokens: z.int(),
  output_tokens_details: z.object({ reasoning_tokens: z.int() }),
  total_tokens: z.int(),
});

const anyObject = z.looseObject({});

/** A response: whole, stored, or as an event of its stream has it. */
export const responseSchema = z.object({
  id: z.string(),
  object: z.literal("response"),
  created_at: z.int().describe("Unix seconds."),
  completed_at: z.int().nullable(),
  status: z.enum(["queued", "in_progress", "completed", "incomplete", "failed", "cancelled"]),
  error: z.object({ code: z.string(), message: z.string() }).nullable().describe("Why it failed."),
  incomplete_details: z.object({ reason: z.enum(["max_output_tokens", "content_filter"]) }).nullable(),
  model: z.string(),
  output: z.array(outputItem),
  usage: usage.nullable().describe("`null` until it has ended."),
  // What was asked, repeated.
  instructions: z.string().nullable(),
  previous_response_id: z.string().nullable(),
  conversation: z.object({ id: z.string() }).optional().describe("Where it was made in one."),
  tools: z.array(anyObject),
  tool_choice: z.union([z.string(), anyObject]),
  parallel_tool_calls: z.boolean(),
  text: anyObject,
  reasoning: z.object({ effort: z.string().nullable(), summary: z.string().nullable() }),
  temperature: z.number(),
  top_p: z.number(),
  presence_penalty: z.literal(0),
  frequency_penalty: z.literal(0),
  top_logprobs: z.int(),
  max_output_tokens: z.int().nullable(),
  max_tool_calls: z.int().nullable(),
  truncation: z.enum(["auto", "disabled"]),
  store: z.boolean(),
  background: z.boolean(),
  service_tier: z.literal("default"),
  metadata: z.record(z.string(), z.string()),
  safety_identifier: z.string().nullable(),
  prompt_cache_key: z.string().nullable(),
  user: z.string().nullable(),
});

/** The answer of `POST /v1/responses/compact`. */
export const compactionSchema = z.object({
  id: z.string(),
  object: z.literal("response.compaction"),
  created_at: z.int(),
  output: z.array(anyObject).describe("The next input: the messages that stay, and the `compaction` item."),
  usage,
});

/** The answer of `POST /v1/responses/input_tokens`. */
export const inputTokensSchema = z.object({
  object: z.literal("response.input_tokens"),
  input_tokens: z.int(),
});

/** The answer of `DELETE /v1/responses/{id}`. */
export const deletedSchema = z.object({
  id: z.string(),
  object: z.literal("response"),
  deleted: z.literal(true),
});

/** An item as it is stored: with an id, and whatever else its type has. */
export const storedItem = z.looseObject({ type: z.string(), id: z.string() });

/** A page of items: of a response's input, or of a conversation. */
export const itemListSchema = z.object({
  object: z.literal("list"),
  data: z.array(storedItem),
  first_id: z.string().nullable(),
  last_id: z.string().nullable(),
  has_more: z.boolean(),
});

/** A conversation, as `encodeConversation` shows it. */
export const conversationObject = z.object({
  id: z.string(),
  object: z.literal("conversation"),
  created_at: z.int().describe("Unix seconds."),
  metadata: z.record(z.string(), z.string()),
});

/** The answer of `DELETE /v1/conversations/{id}`. */
export const deletedConversation = z.object({
  id: z.string(),
  object: z.literal("conversation.deleted"),
  deleted: z.literal(true),
});

const sequence_number = z.int().describe("Counts up from 0 without gaps.");

/** An event that holds the response as it is then. */
const ofResponse = <Type extends string>(type: Type) =>
  z.object({ type: z.literal(type), sequence_number, response: responseSchema });

const output_index = z.int();
const place = { sequence_number, item_id: z.string(), output_index };

const ofItem = <Type extends string>(type: Type) =>
  z.object({ type: z.literal(type), sequence_number, output_index, item: outputItem });

const ofText = { ...place, content_index: z.int(), logprobs: z.array(z.never()).max(0) };
const ofPart = { ...place, content_index: z.int(), part: outputText };
const ofSummary = { ...place, summary_index: z.int() };

/** The events of a stream, by their names; each has its name as `type`, too. */
export const streamEvents = {
  "response.created": ofResponse("response.created"),
  "response.queued": ofResponse("response.queued"),
  "response.in_progress": ofResponse("response.in_progress"),
  "response.output_item.added": ofItem("response.output_item.added"),
  "response.content_part.added": z.object({ type: z.literal("response.content_part.added"), ...ofPart }),
  "response.output_text.delta": z.object({
    type: z.literal("response.output_text.delta"),
    ...ofText,
    delta: z.string(),
  }),
  "response.output_text.done": z.object({
    type: z.literal("response.output_text.done"),
    ...ofText,
    text: z.string(),
  }),
  "response.content_part.done": z.object({ type: z.literal("response.content_part.done"), ...ofPart }),
  "response.reasoning_summary_part.added": z.object({
    type: z.literal("response.reasoning_summary_part.added"),
    ...ofSummary,
    part: summaryText,
  }),
  "response.reasoning_summary_text.delta": z.object({
    type: z.literal("response.reasoning_summary_text.delta"),
    ...ofSummary,
    delta: z.string(),
  }),
  "response.reasoning_summary_text.done": z.object({
    type: z.literal("response.reasoning_summary_text.done"),
    ...ofSummary,
    text: z.string(),
  }),
  "response.reasoning_summary_part.done": z.object({
    type: z.literal("response.reasoning_summary_part.done"),
    ...ofSummary,
    part: summaryText,
  }),
  "response.function_call_arguments.delta": z.object({
    type: z.literal("response.function_call_arguments.delta"),
    ...place,
    delta: z.string(),
  }),
  "response.function_call_arguments.done": z.object({
    type: z.literal("response.function_call_arguments.done"),
    ...place,
    name: z.string(),
    arguments: z.string(),
  }),
  "response.custom_tool_call_input.delta": z.object({
    type: z.literal("response.custom_tool_call_input.delta"),
    ...place,
    delta: z.string(),
  }),
  "response.custom_tool_call_input.done": z.object({
    type: z.literal("response.custom_tool_call_input.done"),
    ...place,
    input: z.string(),
  }),
  "response.output_item.done": ofItem("response.output_item.done"),
  "response.completed": ofResponse("response.completed"),
  "response.incomplete": ofResponse("response.incomplete"),
  "response.failed": ofResponse("response.failed"),
};
