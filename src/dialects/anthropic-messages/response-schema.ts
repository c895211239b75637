import { z } from "zod";

import { shownFacts } from "../shown-model-schema.ts";

/**
 * The answers of the Messages routes, as the reference tells of them. Source: https://platform.claude.com/docs/en/api/messages and
 * https://platform.claude.com/docs/en/build-with-claude/streaming
 */

const contextManagement = z
  .object({
    applied_edits: z.array(
      z.object({
        type: z.enum(["clear_tool_uses_20250919", "clear_thinking_20251015"]),
        cleared_tool_uses: z.int().optional(),
        cleared_thinking_turns: z.int().optional(),
        cleared_input_tokens: z.int().describe("By the gateway's count."),
      }),
    ),
  })
  .describe("Where the request has `context_management`: the edits that changed something.");

const usage = z.object({
  input_tokens: z.int(),
  cache_creation_input_tokens: z.literal(0),
  cache_read_input_tokens: z.literal(0),
  output_tokens: z.int(),
  output_tokens_details: z.object({ thinking_tokens: z.int() }).optional(),
});

const toolUse = z.object({
  type: z.literal("tool_use"),
  id: z.string(),
  name: z.string(),
  toolset_name: z.string().optional().describe("The family, when the tool is a member of a toolset."),
  input: z.unknown().describe("By the schema of the tool."),
});
const text = z.object({ type: z.literal("text"), text: z.string() });
const thinking = z.object({ type: z.literal("thinking"), thinking: z.string(), signature: z.string() });

const stop = {
  stop_reason: z.enum(["end_turn", "max_tokens", "stop_sequence", "tool_use", "refusal"]),
  stop_sequence: z.string().nullable(),
  stop_details: z
    .object({ type: z.literal("refusal"), category: z.null(), explanation: z.null() })
    .optional()
    .describe("Of a refusal."),
};

const message = {
  id: z.string(),
  type: z.literal("message"),
  role: z.literal("assistant"),
  model: z.string(),
};

/** The answer without `stream`. */
export const responseSchema = z.object({
  ...message,
  content: z.array(z.union([text, thinking, toolUse])),
  ...stop,
  usage,
  context_management: contextManagement.optional(),
});

/** The answer of `POST /v1/messages/count_tokens`. */
export const countSchema = z.object({
  input_tokens: z.int(),
  context_management: z
    .object({ original_input_tokens: z.int() })
    .optional()
    .describe("Where the request has edits: the count without them."),
});

/** What `encodeErrorBody` answers, also as the event `error` of a stream. */
export const errorSchema = z.object({
  type: z.literal("error"),
  error: z.object({
    type: z.string(),
    message: z.string().describe("What happened, and what to do."),
    details: z
      .object({ error_code: z.string() })
      .optional()
      .describe("`thread_not_found`, where that is why."),
  }),
  request_id: z.string().nullable(),
});

const index = z.int().describe("Of the block in `content`.");

/** The events of a stream, by their names; it may also end by an `error`. */
export const messageEvents = {
  message_start: z.object({
    type: z.literal("message_start"),
    message: z.object({
      ...message,
      content: z.array(z.never()).max(0),
      stop_reason: z.null(),
      stop_sequence: z.null(),
      usage,
    }),
  }),
  ping: z.object({ type: z.literal("ping") }).describe("In silence."),
  content_block_start: z.object({
    type: z.literal("content_block_start"),
    index,
    content_block: z.union([text, thinking, toolUse]),
  }),
  content_block_delta: z.object({
    type: z.literal("content_block_delta"),
    index,
    delta: z.union([
      z.object({ type: z.literal("text_delta"), text: z.string() }),
      z.object({ type: z.literal("thinking_delta"), thinking: z.string() }),
      z.object({ type: z.literal("signature_delta"), signature: z.string() }),
      z.object({
        type: z.literal("input_json_delta"),
        partial_json: z.string().describe("A piece of the JSON."),
      }),
    ]),
  }),
  content_block_stop: z.object({ type: z.literal("content_block_stop"), index }),
  message_delta: z.object({
    type: z.literal("message_delta"),
    delta: z.object(stop),
    usage,
    context_management: contextManagement.optional(),
  }),
  message_stop: z.object({ type: z.literal("message_stop") }),
};

const supported = z.object({ supported: z.boolean() });

/** What `encodeModel` answers: a model in Anthropic's form. */
export const modelSchema = z.object({
  type: z.literal("model"),
  id: z.string(),
  display_name: z.string(),
  description: z.string().optional().describe("For Claude Code alone."),
  created_at: z.string(),
  max_input_tokens: z.int().nullable(),
  max_tokens: z.int().nullable(),
  capabilities: z
    .object({
      batch: supported,
      citations: supported,
      code_execution: supported,
      context_management: supported.extend({
        clear_thinking_20251015: supported,
        clear_tool_uses_20250919: supported,
        compact_20260112: supported,
      }),
      effort: supported.extend({
        low: supported,
        medium: supported,
        high: supported,
        xhigh: supported,
        max: supported,
      }),
      image_input: supported,
      pdf_input: supported,
      server_tools: supported.extend({ code_execution: supported, web_search: supported }),
      structured_outputs: supported,
      thinking: supported.extend({
        types: z.object({
          adaptive: supported,
          between_tools: supported,
          disabled: supported,
          enabled: supported,
        }),
      }),
    })
    .nullable()
    .describe("`null`: it does not write."),
  lifecycle: z.literal("active"),
  deprecated_at: z.null(),
  retires_at: z.null(),
  line: z.null(),
  ...shownFacts,
});

/** What `pageModels` answers: Anthropic's list, or a page of it. */
export const modelListSchema = z.object({
  data: z.array(modelSchema),
  has_more: z.boolean(),
  first_id: z.string().nullable(),
  last_id: z.string().nullable(),
});
