import type { ChatRequest } from "../model/request.ts";

/**
 * APIs that continue a text have models that chat behind them. Where nobody goes on with the raw text, this makes them continue, and
 * still lets them do what an instruction says.
 */
const instruction =
  "You complete texts. Reply only with what comes next after the user's text: do not repeat it, do not comment on it. " +
  "If the text is an instruction or a question, reply with its result only.";

/** What a request has that is to go on with a text, before `suffix` if there is one; an empty suffix is none. */
export function toContinuation(
  prompt: string,
  suffix: string | undefined,
): Pick<ChatRequest, "messages" | "tools" | "toolChoice" | "parallelToolCalls" | "continues"> {
  return {
    messages: [
      { role: "system", parts: [{ type: "text", text: instruction }] },
      { role: "user", parts: [{ type: "text", text: prompt }] },
    ],
    tools: [],
    toolChoice: { kind: "none" },
    parallelToolCalls: false,
    continues: { prompt, ...(suffix === undefined || suffix === "" ? {} : { suffix }) },
  };
}
