import { z } from "zod";

import { shownFacts } from "../shown-model-schema.ts";

/** An entry of what `encodeCodexCatalogue` answers. Source: openai/codex, codex-rs/protocol/src/openai_models.rs. */
export const catalogueEntry = z.object({
  slug: z.string(),
  display_name: z.string(),
  description: z.string().nullable(),
  supported_reasoning_levels: z.array(z.string()),
  shell_type: z.string(),
  visibility: z.string(),
  supported_in_api: z.boolean(),
  priority: z.int(),
  upgrade: z.null(),
  base_instructions: z.string(),
  supports_reasoning_summaries: z.boolean(),
  support_verbosity: z.boolean(),
  truncation_policy: z.object({ mode: z.literal("tokens"), limit: z.int() }),
  supports_parallel_tool_calls: z.boolean(),
  experimental_supported_tools: z.array(z.string()),
  apply_patch_tool_type: z.null(),
  input_modalities: z.array(z.string()),
  context_window: z.int().optional(),
  auto_compact_token_limit: z.int().optional(),
  default_reasoning_summary: z.string(),
  ...shownFacts,
});
