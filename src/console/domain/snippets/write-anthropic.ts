import { readObject } from "../chat/read-settings.ts";
import type { BodyMessage, ChatBody } from "../chat/to-body.ts";
import { toJavaScript } from "./literals.ts";
import { type SnippetRequest, type SnippetTarget, toKey } from "./snippet.ts";

/** The API wants a limit; the page itself asks for none. */
const usualLimit = 16_000;

function toSource(url: string): object {
  const [, type, data] = /^data:([^;,]+);base64,(.*)$/s.exec(url) ?? [];
  return type === undefined ? { type: "url", url } : { type: "base64", media_type: type, data };
}

function toContent(message: Exclude<BodyMessage, { role: "system" }>): string | readonly object[] {
  if (message.role === "tool") {
    const isError = message.content.startsWith("Error: ");
    const result = { type: "tool_result", tool_use_id: message.tool_call_id, content: message.content };
    return [isError ? { ...result, is_error: true } : result];
  }
  if (message.role === "user")
    return typeof message.content === "string"
      ? message.content
      : message.content.map((part) =>
          part.type === "text" ? part : { type: "image", source: toSource(part.image_url.url) },
        );
  const calls = message.tool_calls ?? [];
  if (calls.length === 0) return message.content ?? "";
  return [
    ...(message.content === null ? [] : [{ type: "text", text: message.content }]),
    ...calls.map(({ id, function: called }) => ({
      type: "tool_use",
      id,
      name: called.name,
      input: readObject(called.arguments) ?? {},
    })),
  ];
}

function toMessages(messages: readonly BodyMessage[]): readonly object[] {
  const said: { role: string; content: string | readonly object[] }[] = [];
  for (const [index, message] of messages.entries()) {
    if (message.role === "system") continue;
    const content = toContent(message);
    const before = said.at(-1);
    // All results of one answer are one message.
    const joins = message.role === "tool" && messages[index - 1]?.role === "tool";
    if (joins && before !== undefined && typeof before.content !== "string" && typeof content !== "string")
      before.content = [...before.content, ...content];
    else said.push({ role: message.role === "assistant" ? "assistant" : "user", content });
  }
  return said;
}

function toChoice(choice: ChatBody["tool_choice"]): object {
  if (choice === undefined) return {};
  if (typeof choice !== "string") return { tool_choice: { type: "tool", name: choice.function.name } };
  return { tool_choice: { type: choice === "required" ? "any" : choice } };
}

function toThinking(effort: string | undefined): object {
  if (effort === undefined) return {};
  return effort === "none" ? { thinking: { type: "disabled" } } : { thinking: { type: "adaptive" } };
}

/** The body of `POST /v1/messages` that asks for the same. */
export function toAnthropicBody(body: ChatBody): object {
  const { temperature, top_p: topP, stop, tools, reasoning_effort: effort } = body;
  const system = body.messages.find(({ role }) => role === "system");
  const schema = body.response_format?.json_schema.schema;
  const output = {
    ...(schema === undefined ? {} : { format: { type: "json_schema", schema } }),
    ...(effort === undefined || effort === "none" ? {} : { effort }),
  };
  return {
    model: body.model,
    max_tokens: body.max_tokens ?? usualLimit,
    ...(system === undefined ? {} : { system: system.content }),
    // It ends at 1 in this API.
    ...(temperature === undefined ? {} : { temperature: Math.min(1, temperature) }),
    ...(topP === undefined ? {} : { top_p: topP }),
    ...(stop === undefined ? {} : { stop_sequences: stop }),
    ...toThinking(effort),
    messages: toMessages(body.messages),
    ...(tools === undefined
      ? {}
      : {
          tools: tools.map(({ function: { parameters, ...rest } }) => ({
            ...rest,
            input_schema: parameters,
          })),
        }),
    ...toChoice(body.tool_choice),
    ...(Object.keys(output).length === 0 ? {} : { output_config: output }),
  };
}

/** The request by Anthropic's SDK. */
export function writeAnthropic({ kind, body }: SnippetRequest, target: SnippetTarget): string {
  const asked =
    kind === "chat"
      ? toAnthropicBody(body)
      : { model: body.model, max_tokens: usualLimit, messages: [{ role: "user", content: body.prompt }] };
  const hasTools = "tools" in asked;
  return `import Anthropic from "@anthropic-ai/sdk";

const client = new Anthropic({
  baseURL: ${JSON.stringify(target.baseUrl)},
  apiKey: ${toKey(target)},
});
const stream = client.messages.stream(${toJavaScript(asked)});
stream.on("text", (text) => process.stdout.write(text));
${hasTools ? "const { content } = await stream.finalMessage();\nconsole.log(JSON.stringify(content));" : "await stream.finalMessage();"}
`;
}
