import type { TextFormat } from "./parse-response-format.ts";
import type { RequestBody } from "./request-schema.ts";
import type { ToolTable } from "./tool-table.ts";
import type { ResponseEcho } from "./wire.ts";

/** What the response object repeats of a request; `sampling` is the model's own, shown where the request sets none. */
export function encodeEcho(
  body: RequestBody,
  tools: ToolTable,
  format: TextFormat["echo"],
  sampling: { readonly temperature: number | undefined; readonly topP: number | undefined },
): ResponseEcho {
  const { effort, summary, generate_summary } = body.reasoning ?? {};
  return {
    instructions: body.instructions ?? null,
    previous_response_id: body.previous_response_id ?? null,
    ...(body.conversation === undefined ? {} : { conversation: { id: body.conversation } }),
    tools: tools.echo,
    tool_choice: body.tool_choice ?? "auto",
    parallel_tool_calls: body.parallel_tool_calls ?? true,
    text: { ...body.text, format },
    reasoning: { effort: effort ?? null, summary: summary ?? generate_summary ?? null },
    temperature: body.temperature ?? sampling.temperature ?? 1,
    top_p: body.top_p ?? sampling.topP ?? 1,
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
