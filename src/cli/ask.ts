import type { Readable, Writable } from "node:stream";
import { createInterface } from "node:readline/promises";

/** What came of a question: the line, or how it was left without one. */
export type Answer = { readonly line: string } | "interrupted" | "closed";

/**
 * Asks for one line on a terminal. Ctrl-C is `interrupted` and Ctrl-D `closed`; what is printed next begins a new line.
 */
export async function ask(
  question: string,
  { input, output }: { readonly input: Readable; readonly output: Writable },
): Promise<Answer> {
  const prompt = createInterface({ input, output });
  try {
    return await new Promise<Answer>((resolve, reject) => {
      prompt.once("SIGINT", () => resolve("interrupted"));
      prompt.once("close", () => resolve("closed"));
      prompt.question(question).then((line) => resolve({ line }), reject);
    }).then((answer) => {
      if (typeof answer === "string") output.write("\n");
      return answer;
    });
  } finally {
    prompt.close();
  }
}
