import type { AnswerTurn, Lane, Settings, Turn, UserTurn } from "./chat.ts";
import { readObject, readStops } from "./read-settings.ts";

/** A part of what a user says (docs/api.md, "Messages of Chat Completions"). */
export type BodyPart =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "image_url"; readonly image_url: { readonly url: string } };

/** A call in a message. */
export interface BodyCall {
  readonly id: string;
  readonly type: "function";
  readonly function: { readonly name: string; readonly arguments: string };
}

/** A message of Chat Completions. */
export type BodyMessage =
  | { readonly role: "system"; readonly content: string }
  | { readonly role: "user"; readonly content: string | readonly BodyPart[] }
  | { readonly role: "assistant"; readonly content: string | null; readonly tool_calls?: readonly BodyCall[] }
  | { readonly role: "tool"; readonly tool_call_id: string; readonly content: string };

/** A body of `POST /v1/chat/completions`, as far as the playground goes. */
export interface ChatBody {
  readonly model: string;
  readonly messages: readonly BodyMessage[];
  readonly temperature?: number;
  readonly top_p?: number;
  readonly max_tokens?: number;
  readonly stop?: readonly string[];
  readonly reasoning_effort?: string;
  readonly tools?: readonly {
    readonly type: "function";
    readonly function: { readonly name: string; readonly description?: string; readonly parameters: object };
  }[];
  readonly tool_choice?: string | { readonly type: "function"; readonly function: { readonly name: string } };
  readonly response_format?: {
    readonly type: "json_schema";
    readonly json_schema: { readonly name: string; readonly schema: object };
  };
  readonly stream: true;
  readonly stream_options: { readonly include_usage: true };
}

function toUserMessage({ text, images }: UserTurn): BodyMessage {
  if (images.length === 0) return { role: "user", content: text };
  const pictures = images.map((url) => ({ type: "image_url", image_url: { url } }) as const);
  return { role: "user", content: text === "" ? pictures : [{ type: "text", text }, ...pictures] };
}

/** How a result that is an error is told: the API has no field for it. */
export function toResultText(result: string, isError: boolean | undefined): string {
  return isError === true ? `Error: ${result}` : result;
}

function toAnswerMessages({ text, calls }: AnswerTurn): readonly BodyMessage[] {
  const answered = calls.filter(({ result }) => result !== undefined);
  if (answered.length === 0) return text === "" ? [] : [{ role: "assistant", content: text }];
  return [
    {
      role: "assistant",
      content: text === "" ? null : text,
      tool_calls: answered.map(({ id, name, arguments: given }) => ({
        id,
        type: "function",
        function: { name, arguments: given },
      })),
    },
    ...answered.map(({ id, result, isError }): BodyMessage => ({
      role: "tool",
      tool_call_id: id,
      content: toResultText(result ?? "", isError),
    })),
  ];
}

/** The messages that tell of turns. What an answer and its continuation say is one message. */
export function toMessages(turns: readonly Turn[]): readonly BodyMessage[] {
  const messages: BodyMessage[] = [];
  for (const turn of turns) {
    const added = turn.kind === "user" ? [toUserMessage(turn)] : toAnswerMessages(turn);
    const [before, first] = [messages.at(-1), added[0]];
    if (before?.role === "assistant" && first?.role === "assistant" && before.tool_calls === undefined) {
      const content = (before.content ?? "") + (first.content ?? "");
      messages.splice(-1, 1, { ...first, content });
      messages.push(...added.slice(1));
    } else messages.push(...added);
  }
  return messages;
}

function toTools({ tools, toolChoice }: Settings): Pick<ChatBody, "tools" | "tool_choice"> {
  if (tools.length === 0) return {};
  const named = toolChoice.startsWith(":") ? toolChoice.slice(1) : undefined;
  const choice =
    named === undefined ? toolChoice : ({ type: "function", function: { name: named } } as const);
  return {
    tools: tools.map(({ name, description, parameters }) => ({
      type: "function",
      function: {
        name,
        ...(description === "" ? {} : { description }),
        parameters: readObject(parameters) ?? { type: "object", properties: {} },
      },
    })),
    ...(choice === "auto" ? {} : { tool_choice: choice }),
  };
}

function readNumber(text: string): number | undefined {
  return text.trim() === "" ? undefined : Number(text);
}

const schemaName = "answer";

/** The request for the next answer of a lane. Settings that are not valid are left out: they are shown as wrong, and nothing is sent with them. */
export function toBody({ model, turns }: Lane, settings: Settings): ChatBody {
  const [temperature, topP, maxTokens] = [settings.temperature, settings.topP, settings.maxTokens].map(
    readNumber,
  );
  const stop = readStops(settings.stop);
  const schema = readObject(settings.schema);
  return {
    model,
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { top_p: topP }),
    ...(maxTokens === undefined ? {} : { max_tokens: maxTokens }),
    ...(stop.length === 0 ? {} : { stop }),
    ...(settings.thinking === "" ? {} : { reasoning_effort: settings.thinking }),
    messages: [
      ...(settings.system.trim() === "" ? [] : [{ role: "system", content: settings.system } as const]),
      ...toMessages(turns),
    ],
    ...toTools(settings),
    ...(schema === undefined
      ? {}
      : { response_format: { type: "json_schema", json_schema: { name: schemaName, schema } } }),
    stream: true,
    stream_options: { include_usage: true },
  };
}
