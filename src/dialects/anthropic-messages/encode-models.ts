import { toClaudeCodeId } from "../../model/claude-code-id.ts";
import { describeShown, type ShownFacts, type ShownModel } from "../shown-model.ts";
import { encodeCapabilities, type ModelCapabilities } from "./encode-capabilities.ts";

/** One entry of Anthropic's model list, and what the gateway adds. Source: https://platform.claude.com/docs/en/api/models-list */
export interface AnthropicModel extends ShownFacts {
  readonly type: "model";
  readonly id: string;
  readonly display_name: string;
  /** Only for Claude Code, which shows it beside the name. */
  readonly description?: string;
  /** The API's own way to say that the date is not known: the epoch. */
  readonly created_at: string;
  /** Tokens that prompt and answer share; `null` when not known. */
  readonly max_input_tokens: number | null;
  /** Most tokens of one answer; `null` when not known. */
  readonly max_tokens: number | null;
  /** `null`: it does not write. */
  readonly capabilities: ModelCapabilities | null;
  /** What is listed can be used; nothing is known of an end. */
  readonly lifecycle: "active";
  readonly deprecated_at: null;
  readonly retires_at: null;
  /** Of Claude models alone. */
  readonly line: null;
}

/** Anthropic's model list, or a page of it. */
export interface AnthropicModelList {
  readonly data: readonly AnthropicModel[];
  /** More follow in the direction in which the list is read. */
  readonly has_more: boolean;
  readonly first_id: string | null;
  readonly last_id: string | null;
}

/** The answer to `GET /v1/models/{id}` for a caller that sends `anthropic-version`. */
export function encodeModel(shown: ShownModel): AnthropicModel {
  const { model } = shown;
  return {
    type: "model",
    id: model.id,
    display_name: model.name ?? model.id,
    created_at: "1970-01-01T00:00:00Z",
    max_input_tokens: model.contextLength ?? null,
    max_tokens: model.maxOutputTokens ?? null,
    capabilities: model.kind === "chat" ? encodeCapabilities(shown) : null,
    lifecycle: "active",
    deprecated_at: null,
    retires_at: null,
    line: null,
    ...describeShown(model),
  };
}

/** The answer to `GET /v1/models` for a caller that sends `anthropic-version`: all on one page (`pageModels`). */
export function encodeModels(models: readonly ShownModel[]): AnthropicModelList {
  return toList(models.map(encodeModel));
}

/**
 * The list for Claude Code's discovery: the chat models under ids that it takes, with what it shows of them.
 * Source: what its version 2.1.332 asks for and keeps.
 */
export function encodeClaudeCodeModels(models: readonly ShownModel[]): AnthropicModelList {
  const data = models
    .filter(({ model }) => model.kind === "chat")
    .map(({ model, canSee }) => ({
      ...encodeModel({ model, canSee }),
      id: toClaudeCodeId(model.id),
      display_name: `${model.name ?? model.id} (akashchat-api)`,
      ...(model.description === undefined ? {} : { description: model.description }),
    }));
  return toList(data);
}

function toList(data: readonly AnthropicModel[]): AnthropicModelList {
  return { data, has_more: false, first_id: data.at(0)?.id ?? null, last_id: data.at(-1)?.id ?? null };
}
