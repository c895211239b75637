import { findIgnored } from "../find-ignored.ts";
import { listIgnoredEdits } from "./context-management.ts";
import type { WireCountRequest } from "./request-schema.ts";

/** Fields that have an effect; all others are named as ignored. */
const understood: ReadonlySet<string> = new Set([
  "model",
  "messages",
  "max_tokens",
  "system",
  "tools",
  "tool_choice",
  "stop_sequences",
  "temperature",
  "top_p",
  "thinking",
  "output_config",
  "output_format",
  "stream",
  "thread",
  "context_management",
]);

/** Parameters of a valid body that have no effect here, as `x-ignored-parameters` shows them; `raw` is the body as it came. */
export function listIgnored(body: WireCountRequest, raw: unknown): string[] {
  const ignored = typeof raw === "object" && raw !== null ? findIgnored({ ...raw }, understood) : [];
  if (body.output_config?.effort) ignored.push("output_config.effort");
  if (body.thinking?.budget_tokens) ignored.push("thinking.budget_tokens");
  if (body.thinking?.block_binding) ignored.push("thinking.block_binding");
  if (body.output_config?.task_budget) ignored.push("output_config.task_budget");
  if (!body.output_config?.effort && body.messages.some((message) => message.output_config?.effort))
    ignored.push("output_config.effort");
  const cites = body.messages.some((message) =>
    message.content.some((block) => block.type === "document" && block.citations?.enabled === true),
  );
  if (cites) ignored.push("citations");
  // The file is in a container of Anthropic's: whoever sends it means the model to see it.
  if (body.messages.some(({ content }) => content.some(({ type }) => type === "container_upload")))
    ignored.push("container_upload");
  ignored.push(...listIgnoredEdits(body.context_management ?? {}));
  return ignored;
}
