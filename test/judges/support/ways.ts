import type OpenAI from "openai";

type Body = OpenAI.ChatCompletionCreateParamsNonStreaming;

/** The two ways to ask the `openai` SDK for an answer; a stream is added up by the SDK itself. */
export const ways: Readonly<Record<Way, (client: OpenAI, body: Body) => Promise<OpenAI.ChatCompletion>>> = {
  whole: (client, body) => client.chat.completions.create(body),
  async streamed(client, body) {
    const stream = client.chat.completions.stream({
      ...body,
      stream: true,
      stream_options: { include_usage: true },
    });
    const thoughts = new Map<number, string>();
    stream.on("chunk", ({ choices }) => {
      for (const { index, delta } of choices) {
        if ("reasoning_content" in delta) {
          thoughts.set(index, (thoughts.get(index) ?? "") + String(delta.reasoning_content));
        }
      }
    });
    const completion = await stream.finalChatCompletion();
    // Of a field that it does not know the SDK keeps only the last piece.
    for (const [index, text] of thoughts) {
      const message = completion.choices[index]?.message;
      if (message !== undefined) Object.assign(message, { reasoning_content: text });
    }
    return completion;
  },
};

/** How an answer comes. */
export type Way = "whole" | "streamed";

/** All ways, for `test.each`. */
export const everyWay: readonly Way[] = ["whole", "streamed"];

// Ids and times differ from one answer to the next; what is parsed exists only where the SDK parses.
const passing = new Set(["id", "created", "parsed", "parsed_arguments"]);

/**
 * A completion without what differs from one answer to the next. Content that is empty counts as null, which is what
 * the SDK's stream makes of it.
 */
export function comparable(completion: OpenAI.ChatCompletion): unknown {
  return JSON.parse(
    JSON.stringify(completion, (key, value: unknown) => {
      if (key === "content" && value === "") return null;
      return passing.has(key) ? undefined : value;
    }),
  );
}

/** The only message of a completion. */
export function messageOf({ choices }: OpenAI.ChatCompletion): OpenAI.ChatCompletionMessage {
  const [choice] = choices;
  if (choice === undefined || choices.length > 1) throw new Error(`${choices.length} choices came.`);
  return choice.message;
}

/** The function calls of a completion, their arguments read as JSON. */
export function callsOf(completion: OpenAI.ChatCompletion): { name: string; input: unknown }[] {
  return (messageOf(completion).tool_calls ?? []).map((call) => {
    if (call.type !== "function") throw new Error(`A call of type ${call.type} came.`);
    return { name: call.function.name, input: JSON.parse(call.function.arguments) };
  });
}
