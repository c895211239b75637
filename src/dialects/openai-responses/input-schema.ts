import { z } from "zod";
import { callId } from "../call-order.ts";
import { responseFormat } from "../openai-chat/parse-response-format.ts";
import { optional } from "../optional.ts";
import { showWithoutType, showWrapped, wireForms } from "../../openapi/wire-form.ts";
import { wireTool } from "./tool-schema.ts";

const textPart = z.looseObject({
  type: z.enum(["input_text", "output_text", "text", "summary_text", "reasoning_text"]),
  text: z.string(),
});

const contentPart = z.discriminatedUnion(
  "type",
  [
    textPart,
    z.looseObject({ type: z.literal("refusal"), refusal: z.string() }),
    z.looseObject({
      type: z.literal("input_image"),
      // Cursor and others keep Chat Completions' object form.
      image_url: optional(
        z.union([z.string(), z.looseObject({ url: z.string() }).transform(({ url }) => url)]),
      ),
      file_id: optional(z.string()),
    }),
    z.looseObject({
      type: z.literal("input_file"),
      filename: optional(z.string()),
      file_data: optional(z.string()),
      file_url: optional(z.string()),
      file_id: optional(z.string()),
    }),
  ],
  { error: "expected a part of type input_text, output_text, refusal, input_image or input_file" },
);

const content = z.union([z.string(), z.array(contentPart)]);

/** A content part of a message or of a tool's output. */
export type ContentPart = z.output<typeof contentPart>;

const output = z.union([
  content,
  // Old agents wrap a failed call's text.
  z.looseObject({ content: z.string() }).transform((wrapped) => wrapped.content),
]);

const message = z
  .looseObject({
    type: z.literal("message"),
    id: optional(z.string()),
    role: z.enum(["system", "developer", "user", "assistant"]),
    content,
  })
  .register(wireForms, { show: showWithoutType });

const functionCall = z.looseObject({
  type: z.literal("function_call"),
  id: optional(z.string()),
  call_id: callId,
  name: z.string(),
  namespace: optional(z.string()),
  arguments: z.string(),
});

const customToolCall = z.looseObject({
  type: z.literal("custom_tool_call"),
  id: optional(z.string()),
  call_id: callId,
  name: z.string(),
  namespace: optional(z.string()),
  input: z.string(),
});

const localShellCall = z.looseObject({
  type: z.literal("local_shell_call"),
  id: optional(z.string()),
  call_id: callId,
  action: z.looseObject({
    command: z.array(z.string()),
    working_directory: optional(z.string()),
    timeout_ms: optional(z.number()),
  }),
});

const shellCall = z.looseObject({
  type: z.literal("shell_call"),
  id: optional(z.string()),
  call_id: callId,
  action: z.looseObject({
    commands: z.array(z.string()),
    timeout_ms: optional(z.number()),
    max_output_length: optional(z.number()),
  }),
});

const shellOutput = z.looseObject({
  type: z.literal("shell_call_output"),
  id: optional(z.string()),
  call_id: callId,
  output: z.union([
    z.string(),
    z.array(
      z.looseObject({
        stdout: optional(z.string()).transform((text = "") => text),
        stderr: optional(z.string()).transform((text = "") => text),
        /** `exit` with a code, or `timeout`. */
        outcome: optional(z.looseObject({ type: z.string(), exit_code: optional(z.number()) })),
      }),
    ),
  ]),
});

const applyPatchCall = z.looseObject({
  type: z.literal("apply_patch_call"),
  id: optional(z.string()),
  call_id: callId,
  operation: z.looseObject({
    type: z.enum(["create_file", "update_file", "delete_file"]),
    path: z.string(),
    diff: optional(z.string()),
  }),
});

const applyPatchOutput = z.looseObject({
  type: z.literal("apply_patch_call_output"),
  id: optional(z.string()),
  call_id: callId,
  status: optional(z.string()),
  output: optional(z.string()),
});

const toolOutput = z.looseObject({
  type: z.enum(["function_call_output", "custom_tool_call_output"]),
  id: optional(z.string()),
  call_id: callId,
  name: optional(z.string()),
  namespace: optional(z.string()),
  output,
});

const localShellOutput = z.looseObject({
  type: z.literal("local_shell_call_output"),
  id: optional(z.string()),
  call_id: callId,
  output,
});

const toolList = z.looseObject({
  type: z.enum(["additional_tools", "tool_search_output"]),
  id: optional(z.string()),
  tools: optional(z.array(wireTool)),
});

/** The summary of what came before. Source: OpenAI's reference, `compaction`; Codex knows it by both names. */
const compaction = z
  .looseObject({
    type: z.enum(["compaction", "compaction_summary"]),
    id: optional(z.string()),
    encrypted_content: z.string(),
  })
  .transform((item) => ({ ...item, type: "compaction" as const }));

const compactionTrigger = z.looseObject({ type: z.literal("compaction_trigger") });

/** What the request sets may change in mid-conversation; it stays so until the next change. */
const configurationUpdate = z.looseObject({
  type: z.literal("configuration_update"),
  id: optional(z.string()),
  reasoning: optional(z.looseObject({ effort: optional(z.string()) })),
  text: optional(z.looseObject({ format: optional(responseFormat) })),
});

const itemReference = z
  .looseObject({ type: z.literal("item_reference"), id: z.string() })
  .register(wireForms, { show: showWithoutType });

/** Anything else that stands in a history: reasoning, hosted tool calls, items of the future. */
const otherItem = z
  .looseObject({ type: z.literal("other"), item: z.looseObject({ type: z.string() }) })
  .register(wireForms, { show: showWrapped });

const understood = [
  message,
  functionCall,
  customToolCall,
  localShellCall,
  shellCall,
  shellOutput,
  applyPatchCall,
  applyPatchOutput,
  toolOutput,
  localShellOutput,
  toolList,
  compaction,
  compactionTrigger,
  configurationUpdate,
  itemReference,
] as const;

const knownTypes = new Set<string>([
  "message",
  "function_call",
  "custom_tool_call",
  "local_shell_call",
  "shell_call",
  "shell_call_output",
  "apply_patch_call",
  "apply_patch_call_output",
  "function_call_output",
  "custom_tool_call_output",
  "local_shell_call_output",
  "additional_tools",
  "tool_search_output",
  "compaction",
  "compaction_summary",
  "compaction_trigger",
  "configuration_update",
  "item_reference",
]);

/** Fills in a missing `type` as the API does, and wraps what is not ours to read. */
function toTyped(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const type: unknown = "type" in value ? value.type : undefined;
  if (type === undefined || type === null) {
    if ("role" in value) return { ...value, type: "message" };
    if ("id" in value) return { ...value, type: "item_reference" };
    return value;
  }
  return typeof type === "string" && !knownTypes.has(type) ? { type: "other", item: value } : value;
}

/** One input item of any type. Unknown fields are kept. */
export const inputItem = z.preprocess(
  toTyped,
  z.discriminatedUnion("type", [...understood, otherItem], {
    error: "expected an item with a type, such as message, function_call or function_call_output",
  }),
);

/** A parsed input item. */
export type InputItem = z.output<typeof inputItem>;

/** `input`: a user's text, or items. */
export const input = z.union([z.string(), z.array(inputItem)]);
