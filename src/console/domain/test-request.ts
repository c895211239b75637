/** The APIs that clients speak. */
export type Dialect = "chat" | "responses" | "messages" | "gemini";

/** What a question that any model can answer is in an API. */
export interface TestRequest {
  readonly path: string;
  readonly body: object;
}

const question = "Say hello in one short sentence.";
/** Thinking counts, too. */
const mostTokens = 2000;

/** A short question to a model, in the API of a client. */
export function toTestRequest(dialect: Dialect, model: string): TestRequest {
  if (dialect === "responses")
    return {
      path: "v1/responses",
      body: { model, input: question, max_output_tokens: mostTokens, store: false },
    };
  if (dialect === "gemini")
    return {
      path: `v1beta/models/${encodeURIComponent(model)}:generateContent`,
      body: {
        contents: [{ parts: [{ text: question }] }],
        generationConfig: { maxOutputTokens: mostTokens },
      },
    };
  return {
    path: dialect === "chat" ? "v1/chat/completions" : "v1/messages",
    body: { model, messages: [{ role: "user", content: question }], max_tokens: mostTokens },
  };
}

interface Text {
  readonly text?: string;
}

interface Answer {
  readonly choices?: readonly { readonly message?: { readonly content?: string | null } }[];
  readonly content?: readonly Text[];
  readonly output?: readonly { readonly content?: readonly Text[] }[];
  readonly candidates?: readonly { readonly content?: { readonly parts?: readonly Text[] } }[];
}

const longest = 200;

/** What the model said, at most 200 characters of it; empty: nothing but thinking. */
export function readTestAnswer(answer: Answer): string {
  const texts = [
    ...(answer.choices ?? []).map(({ message }) => message?.content ?? ""),
    ...(answer.content ?? []).map(({ text = "" }) => text),
    ...(answer.output ?? []).flatMap(({ content = [] }) => content.map(({ text = "" }) => text)),
    ...(answer.candidates ?? []).flatMap(({ content }) =>
      (content?.parts ?? []).map(({ text = "" }) => text),
    ),
  ];
  const text = texts.join("").trim();
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}
