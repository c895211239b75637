import type { ChatRequest, Message } from "../model/request.ts";
import type { AnswerProblem, AttemptedCall } from "../shaping/shaper.ts";

/** The request with the attempt and what was wrong with it behind it: in words, or as calls with results that say it. */
export function withProblem(request: ChatRequest, problem: AnswerProblem): ChatRequest {
  const attempt = problem.attempt.trim();
  const { messages } = request;
  // Tools that the model knows from its prompt alone are called, and answered, in words.
  if (problem.calls !== undefined && request.tools.length > 0) {
    return { ...request, messages: [...messages, ...toTurns(attempt, problem.calls, problem.remark)] };
  }
  const last = messages.at(-1);
  if (attempt === "" && last?.role === "user") {
    // An empty turn of the assistant is refused by some back ends, two of the user in a row by others.
    const asked: Message = { role: "user", parts: [...last.parts, toText(problem.message)] };
    return { ...request, messages: [...messages.slice(0, -1), asked] };
  }
  return {
    ...request,
    messages: [
      ...messages,
      { role: "assistant", parts: [toText(attempt)] },
      { role: "user", parts: [toText(problem.message)] },
    ],
  };
}

function toText(text: string) {
  return { type: "text", text } as const;
}

function toTurns(
  attempt: string,
  calls: readonly AttemptedCall[],
  remark: string | undefined,
): readonly Message[] {
  return [
    {
      role: "assistant",
      parts: [
        ...(attempt === "" ? [] : [toText(attempt)]),
        ...calls.map(({ callId, name, arguments: text }) => {
          return { type: "tool-call", callId, name, arguments: text } as const;
        }),
      ],
    },
    {
      role: "tool",
      parts: calls.map(({ callId, result }) => {
        return { type: "tool-result", callId, content: [toText(result)], isError: false } as const;
      }),
    },
    ...(remark === undefined ? [] : [{ role: "user", parts: [toText(remark)] } as const]),
  ];
}
