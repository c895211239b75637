import { hasNativeReasoning, type ShownModel } from "../shown-model.ts";

/** Whether a model has something, as Anthropic's list says it. */
export interface Supported {
  readonly supported: boolean;
}

/**
 * What a model can, all of it said. What the gateway does for every model counts as the model's own. Source:
 * https://platform.claude.com/docs/en/api/models-list, `ModelCapabilities` of @anthropic-ai/sdk 1.14.
 */
export interface ModelCapabilities {
  readonly batch: Supported;
  readonly citations: Supported;
  readonly code_execution: Supported;
  readonly context_management: Supported & Readonly<Record<ContextEditName, Supported>>;
  readonly effort: Supported & Readonly<Record<"low" | "medium" | "high" | "xhigh" | "max", Supported>>;
  readonly image_input: Supported;
  readonly pdf_input: Supported;
  readonly server_tools: Supported & Readonly<Record<"code_execution" | "web_search", Supported>>;
  readonly structured_outputs: Supported;
  readonly thinking: Supported & {
    readonly types: Readonly<Record<"adaptive" | "between_tools" | "disabled" | "enabled", Supported>>;
  };
}

type ContextEditName = "clear_thinking_20251015" | "clear_tool_uses_20250919" | "compact_20260112";

const yes: Supported = { supported: true };
const no: Supported = { supported: false };

/** Encodes what a model that writes can. */
export function encodeCapabilities({ model, canSee }: ShownModel): ModelCapabilities {
  const thinks: Supported = { supported: hasNativeReasoning(model) };
  return {
    batch: no,
    citations: no,
    code_execution: no,
    context_management: {
      ...yes,
      clear_thinking_20251015: yes,
      clear_tool_uses_20250919: yes,
      compact_20260112: no,
    },
    effort: { ...thinks, low: thinks, medium: thinks, high: thinks, xhigh: thinks, max: thinks },
    image_input: { supported: canSee },
    pdf_input: no,
    server_tools: { ...no, code_execution: no, web_search: no },
    structured_outputs: yes,
    // Of the types it is said which are taken, whether the model thinks or not.
    thinking: { ...thinks, types: { adaptive: yes, between_tools: yes, disabled: yes, enabled: yes } },
  };
}
