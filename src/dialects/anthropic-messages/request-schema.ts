import { z } from "zod";

import { contextManagement } from "./context-management.ts";
import { areStopsShort, stopsTooLong } from "../stop-texts.ts";
import { wireForms } from "../../openapi/wire-form.ts";

/**
 * The body of `POST /v1/messages` as far as it has an effect. Unknown fields are accepted everywhere.
 * Source: the Messages API reference (https://platform.claude.com/docs/en/api/messages) and the types of
 * `@anthropic-ai/sdk` 1.14.
 */

/** Takes a bare string for a list with one text block, as the API does. */
function stringOr<T extends z.ZodType>(blocks: T) {
  const either = z.preprocess(
    (value) => (typeof value === "string" ? [{ type: "text", text: value }] : value),
    blocks,
  );
  wireForms.add(either, { show: (told) => ({ anyOf: [{ type: "string" }, told] }) });
  return either;
}

const listError = "Input should be a string or a list of content blocks";

/** What the model sees of a text block; `cache_control` and `citations` have no effect. */
const textBlock = z.object({ type: z.literal("text"), text: z.string() });

const imageBlock = z.object({
  type: z.literal("image"),
  source: z.discriminatedUnion(
    "type",
    [
      z.object({ type: z.literal("base64"), media_type: z.string(), data: z.string() }),
      z.object({ type: z.literal("url"), url: z.string() }),
      z.object({ type: z.literal("file"), file_id: z.string() }),
    ],
    { error: "Input should be an image source of type base64 or url" },
  ),
});

const documentBlock = z.object({
  type: z.literal("document"),
  source: z.discriminatedUnion(
    "type",
    [
      z.object({ type: z.literal("text"), data: z.string(), media_type: z.string().optional() }),
      z.object({ type: z.literal("base64"), data: z.string(), media_type: z.string() }),
      z.object({
        type: z.literal("content"),
        content: stringOr(
          z.array(z.discriminatedUnion("type", [textBlock, imageBlock]), { error: listError }),
        ),
      }),
      z.object({ type: z.literal("url"), url: z.string() }),
      z.object({ type: z.literal("file"), file_id: z.string() }),
    ],
    { error: "Input should be a document source of type text, content or base64" },
  ),
  title: z.string().nullish(),
  context: z.string().nullish(),
  citations: z.object({ enabled: z.boolean().nullish() }).nullish(),
});

const searchResultBlock = z.object({
  type: z.literal("search_result"),
  title: z.string(),
  source: z.string(),
  content: z.array(textBlock),
});

const toolReferenceBlock = z.object({ type: z.literal("tool_reference"), tool_name: z.string() });

/** What a browser shows after a call of the browser toolset; the API renders text from it. */
const browserStateBlock = z.object({
  type: z.literal("browser_state"),
  tabs: z.array(
    z.object({ tab_id: z.string(), title: z.string(), url: z.string(), active: z.boolean().nullish() }),
  ),
  state_changes: z.array(z.record(z.string(), z.unknown())).nullish(),
});

const toolResultBlock = z.object({
  type: z.literal("tool_result"),
  tool_use_id: z.string(),
  is_error: z.boolean().nullish(),
  content: stringOr(
    z
      .array(
        z.discriminatedUnion(
          "type",
          [textBlock, imageBlock, documentBlock, searchResultBlock, toolReferenceBlock, browserStateBlock],
          { error: "Input should be a block of type text, image, document, search_result or tool_reference" },
        ),
        { error: listError },
      )
      .nullish(),
  ),
});

const toolUseBlock = z.object({
  type: z.literal("tool_use"),
  id: z.string(),
  name: z.string(),
  input: z.unknown(),
  /** The family, when the name is that of a member of a toolset. */
  toolset_name: z.string().nullish(),
});

/** `type` is absent or `custom` for the caller's own tools; all others are Anthropic's. */
const toolSchema = z.object({
  type: z.string().nullish(),
  name: z.string().nullish(),
  description: z.string().nullish(),
  input_schema: z.record(z.string(), z.unknown()).optional(),
  input_examples: z.array(z.record(z.string(), z.unknown())).nullish(),
  /** True: the model sees the tool only when something in the conversation refers to it. */
  defer_loading: z.boolean().nullish(),
  allowed_callers: z.array(z.string()).nullish(),
  eager_input_streaming: z.boolean().nullish(),
  /** Of a computer tool. */
  display_width_px: z.number().nullish(),
  display_height_px: z.number().nullish(),
  enable_zoom: z.boolean().nullish(),
  /** Of a toolset, by member. */
  configs: z
    .record(
      z.string(),
      z.object({ enabled: z.boolean().nullish(), defer_loading: z.boolean().nullish() }).nullish(),
    )
    .nullish(),
});

const namedTool = z.object({ type: z.literal("tool_reference"), name: z.string() });
/** Tools of MCP servers, which the gateway does not connect to. */
const mcpTool = z.object({ type: z.literal(["mcp_tool_reference", "mcp_toolset_reference"]) });
const toolChangeError = { error: "Input should be a tool_reference or a tool_definition" };

/** From here on in the conversation there is a tool. */
const toolAdditionBlock = z.object({
  type: z.literal("tool_addition"),
  tool: z.discriminatedUnion(
    "type",
    [namedTool, mcpTool, z.object({ type: z.literal("tool_definition"), definition: toolSchema })],
    toolChangeError,
  ),
});

/** From here on in the conversation there is a tool no more. */
const toolRemovalBlock = z.object({
  type: z.literal("tool_removal"),
  tool: z.discriminatedUnion("type", [namedTool, mcpTool], toolChangeError),
});

/** Results of tools that Anthropic's own servers ran in an earlier turn. */
const serverResultBlock = z.object({
  type: z.literal([
    "web_search_tool_result",
    "web_fetch_tool_result",
    "code_execution_tool_result",
    "bash_code_execution_tool_result",
    "text_editor_code_execution_tool_result",
    "tool_search_tool_result",
    "mcp_tool_result",
    "advisor_tool_result",
  ]),
  content: z.unknown(),
});

/** Blocks that other services need back and that say nothing to the model here. */
const silentBlock = z.object({
  type: z.literal([
    "redacted_thinking",
    "server_tool_use",
    "mcp_tool_use",
    "mcp_tool_listing",
    "container_upload",
    "fallback",
  ]),
});

const contentBlock = z.discriminatedUnion(
  "type",
  [
    textBlock,
    imageBlock,
    documentBlock,
    searchResultBlock,
    toolUseBlock,
    toolResultBlock,
    z.object({ type: z.literal("thinking"), thinking: z.string() }),
    z.object({
      type: z.literal("compaction"),
      content: z.string().nullish(),
      /** What was added and removed in the turns that the summary stands for. */
      tool_changes: z.array(z.discriminatedUnion("type", [toolAdditionBlock, toolRemovalBlock])).nullish(),
    }),
    toolAdditionBlock,
    toolRemovalBlock,
    serverResultBlock,
    silentBlock,
  ],
  {
    error:
      "Input should be a content block that this gateway knows: text, image, document, search_result, thinking, tool_use or tool_result",
  },
);

const messageSchema = z
  .object({
    role: z.enum(["user", "assistant", "system"], {
      error: "Input should be 'user', 'assistant' or 'system'",
    }),
    content: stringOr(z.array(contentBlock, { error: listError })).optional(),
    /** Of a system message: whether its text is gone once the user has spoken again. */
    clear_at: z.enum(["never", "next_user_message"]).nullish(),
    output_config: z.object({ effort: z.string().nullish() }).nullish(),
  })
  // Only a system message may consist of its settings.
  .refine(({ role, content }) => role === "system" || content !== undefined, {
    path: ["content"],
    error: "Field required",
  })
  .transform(({ content = [], ...message }) => ({ ...message, content }));

const toolChoiceSchema = z.discriminatedUnion(
  "type",
  [
    z.object({ type: z.literal(["auto", "any"]), disable_parallel_tool_use: z.boolean().nullish() }),
    z.object({
      type: z.literal("tool"),
      name: z.string(),
      disable_parallel_tool_use: z.boolean().nullish(),
    }),
    z.object({ type: z.literal("none") }),
  ],
  { error: "Input should be a tool choice of type auto, any, tool or none" },
);

const formatSchema = z.object({
  type: z.literal("json_schema", { error: "Input should be 'json_schema'" }),
  schema: z.record(z.string(), z.unknown()),
});

/** The body of `POST /v1/messages/count_tokens`: a message request whose limits don't matter. */
export const countTokensSchema = z.object({
  model: z.string().min(1, "String should have at least 1 character"),
  messages: z.array(messageSchema).min(1, "at least one message is required"),
  system: stringOr(z.array(textBlock, { error: listError })).nullish(),
  tools: z.array(toolSchema).nullish(),
  tool_choice: toolChoiceSchema.nullish(),
  thinking: z
    .object({
      type: z.enum(["enabled", "adaptive", "between_tools", "disabled"], {
        error: "Input should be 'enabled', 'adaptive' or 'disabled'",
      }),
      display: z.string().nullish(),
      budget_tokens: z.number().nullish(),
      block_binding: z.unknown().optional(),
    })
    .nullish(),
  output_config: z
    .object({
      format: formatSchema.nullish(),
      effort: z.string().nullish(),
      task_budget: z.unknown().optional(),
    })
    .nullish(),
  output_format: formatSchema.nullish(),
  compaction: z.unknown().optional(),
  context_management: contextManagement.nullish(),
});

/** The body of `POST /v1/messages`. */
export const requestSchema = countTokensSchema.extend({
  max_tokens: z
    .int({
      error: ({ input }) => (input === undefined ? "Field required" : "Input should be a valid integer"),
    })
    .min(1, "Input should be greater than or equal to 1"),
  stream: z.boolean().nullish(),
  thread: z
    .discriminatedUnion(
      "type",
      [
        z.object({ type: z.literal("create") }),
        z.object({ type: z.literal("continue"), previous_message_id: z.string() }),
      ],
      { error: "Input should be a thread of type create or continue" },
    )
    .nullish(),
  temperature: z
    .number()
    .min(0, "Input should be greater than or equal to 0")
    .max(1, "Input should be less than or equal to 1")
    .nullish(),
  top_p: z
    .number()
    .min(0, "Input should be greater than or equal to 0")
    .max(1, "Input should be less than or equal to 1")
    .nullish(),
  // -1 and 0, of clients of local servers: the model's own.
  top_k: z
    .int({ error: "Input should be a valid integer" })
    .min(-1, "Input should be greater than or equal to 0")
    .nullish(),
  stop_sequences: z
    .array(z.string().min(1, "stop sequences must not be empty"))
    .max(1000, "at most 1000 stop sequences are allowed")
    .refine(areStopsShort, stopsTooLong)
    .nullish(),
});

/** A message of the conversation, checked but still in wire spelling. */
export type WireMessage = z.output<typeof messageSchema>;
/** One content block of any message. */
export type WireBlock = z.output<typeof contentBlock>;
/** A document, in a message or a tool result. */
export type WireDocument = z.output<typeof documentBlock>;
/** An image, anywhere. */
export type WireImage = z.output<typeof imageBlock>;
/** A search result, in a message or a tool result. */
export type WireSearchResult = z.output<typeof searchResultBlock>;
/** What a client-run tool answered. */
export type WireToolResult = z.output<typeof toolResultBlock>;
/** A tool that comes or goes in the course of the conversation. */
export type WireToolChange = z.output<typeof toolAdditionBlock> | z.output<typeof toolRemovalBlock>;
/** What a browser shows. */
export type WireBrowserState = z.output<typeof browserStateBlock>;
/** A tool as the client declares it. */
export type WireTool = z.output<typeof toolSchema>;
/** The wish for tool calls. */
export type WireToolChoice = z.output<typeof toolChoiceSchema>;
/** The part of a request that counts. */
export type WireCountRequest = z.output<typeof countTokensSchema>;
