import { dify, difyOfOld } from "./dify.ts";
import { openAiGo, openAiGoBefore343 } from "./openai-go.ts";
import type { StreamReader } from "./reader.ts";
import { specification } from "./specification.ts";

/** Readers of any event stream; the first is the measure of the others. */
const ofAll: readonly StreamReader[] = [specification, openAiGoBefore343, openAiGo];

/** Those who know no named events. */
const ofUnnamed: readonly StreamReader[] = [difyOfOld, dify];

/**
 * Throws unless every reader of streams like this one reads the same out of it, and finds JSON in each event.
 * `unnamed`: its events have no names, as those of OpenAI's completions.
 */
export function readByAll(text: string, { unnamed }: { readonly unnamed: boolean }): void {
  const expected = specification.read(text);
  for (const reader of unnamed ? [...ofAll, ...ofUnnamed] : ofAll) {
    let events: readonly string[];
    try {
      events = reader.read(text);
      for (const event of events) JSON.parse(event);
    } catch (cause) {
      throw new Error(`A client that reads as ${reader.name} fails at: ${text.slice(-500)}`, { cause });
    }
    if (JSON.stringify(events) !== JSON.stringify(expected)) {
      throw new Error(
        `A client that reads as ${reader.name} gets something else out of: ${text.slice(-500)}`,
      );
    }
  }
}
