import { readObject } from "../chat/read-settings.ts";
import type { BodyMessage, ChatBody } from "../chat/to-body.ts";
import { Code, toJavaScript } from "./literals.ts";
import { type SnippetRequest, type SnippetTarget, toKey } from "./snippet.ts";

const provider = "gateway";

function toMessage(message: BodyMessage, nameOf: (call: string) => string): object {
  if (message.role === "tool") {
    const { tool_call_id: id, content } = message;
    const output = { type: content.startsWith("Error: ") ? "error-text" : "text", value: content };
    return {
      role: "tool",
      content: [{ type: "tool-result", toolCallId: id, toolName: nameOf(id), output }],
    };
  }
  if (message.role === "user" && typeof message.content !== "string")
    return {
      role: "user",
      content: message.content.map((part) =>
        part.type === "text"
          ? part
          : {
              type: "file",
              mediaType: /^data:([^;,]+)/.exec(part.image_url.url)?.[1] ?? "image/png",
              data: part.image_url.url,
            },
      ),
    };
  if (message.role !== "assistant" || message.tool_calls === undefined)
    return { role: message.role, content: message.content ?? "" };
  return {
    role: "assistant",
    content: [
      ...(message.content === null ? [] : [{ type: "text", text: message.content }]),
      ...message.tool_calls.map(({ id, function: called }) => ({
        type: "tool-call",
        toolCallId: id,
        toolName: called.name,
        input: readObject(called.arguments) ?? {},
      })),
    ],
  };
}

function toChoice(choice: ChatBody["tool_choice"]): object {
  if (choice === undefined) return {};
  return {
    toolChoice: typeof choice === "string" ? choice : { type: "tool", toolName: choice.function.name },
  };
}

function toOptions(body: ChatBody): object {
  const { tools, response_format: format, reasoning_effort: effort } = body;
  const calls = body.messages.flatMap((one) => (one.role === "assistant" ? (one.tool_calls ?? []) : []));
  const nameOf = (call: string) => calls.find(({ id }) => id === call)?.function.name ?? "tool";
  const system = body.messages.find(({ role }) => role === "system");
  const declared = tools?.map(({ function: { name, description, parameters } }) => [
    name,
    new Code(
      "tool(",
      {
        ...(description === undefined ? {} : { description }),
        inputSchema: new Code("jsonSchema(", parameters, ")"),
      },
      ")",
    ),
  ]);
  return {
    model: new Code(`${provider}(`, body.model, ")"),
    ...(system === undefined ? {} : { system: system.content }),
    ...(body.temperature === undefined ? {} : { temperature: body.temperature }),
    ...(body.top_p === undefined ? {} : { topP: body.top_p }),
    ...(body.max_tokens === undefined ? {} : { maxOutputTokens: body.max_tokens }),
    ...(body.stop === undefined ? {} : { stopSequences: body.stop }),
    messages: body.messages.filter(({ role }) => role !== "system").map((one) => toMessage(one, nameOf)),
    ...(declared === undefined ? {} : { tools: Object.fromEntries(declared) as object }),
    ...toChoice(body.tool_choice),
    ...(format === undefined
      ? {}
      : { output: new Code("Output.object({ schema: jsonSchema(", format.json_schema.schema, ") })") }),
    ...(effort === undefined ? {} : { providerOptions: { [provider]: { reasoningEffort: effort } } }),
  };
}

/** The request by the AI SDK. */
export function writeAiSdk(request: SnippetRequest, target: SnippetTarget): string {
  const body: ChatBody =
    request.kind === "chat"
      ? request.body
      : {
          model: request.body.model,
          messages: [{ role: "user", content: request.body.prompt }],
          stream: true,
          stream_options: { include_usage: true },
        };
  const names = [
    ...(body.tools !== undefined || body.response_format !== undefined ? ["jsonSchema"] : []),
    ...(body.response_format === undefined ? [] : ["Output"]),
    "streamText",
    ...(body.tools === undefined ? [] : ["tool"]),
  ];
  const imports = [
    `import { createOpenAICompatible } from "@ai-sdk/openai-compatible";`,
    `import { ${names.join(", ")} } from "ai";`,
  ];
  return `${imports.join("\n")}

const ${provider} = createOpenAICompatible({
  name: "${provider}",
  baseURL: ${JSON.stringify(`${target.baseUrl}/v1`)},
  apiKey: ${toKey(target)},${body.response_format === undefined ? "" : "\n  supportsStructuredOutputs: true,"}
});
const result = streamText(${toJavaScript(toOptions(body))});
for await (const text of result.textStream) process.stdout.write(text);
${body.tools === undefined ? "" : "console.log(JSON.stringify(await result.toolCalls));\n"}`;
}
