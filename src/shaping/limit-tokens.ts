import type { BlockWriter } from "../model/block-writer.ts";
import type { Usage } from "../model/events.ts";
import { createTokenCounter } from "./create-token-counter.ts";
import { rewriteEvents } from "./rewrite-events.ts";
import type { Shaper } from "./shaper.ts";

const unknownUsage: Usage = { estimated: true };

/**
 * Ends the answer with finish `length` where it goes beyond `limit` tokens, reasoning, text and arguments of native calls taken together; an
 * answer of exactly `limit` tokens ends as the upstream ends it. Stands before the machines that read tool calls
 * and JSON, so that what the model wrote is counted, not what became of it. The count is that of `countTokens`: it
 * may differ from the model's own. It costs nothing until the limit is near.
 */
export function limitTokens(options: { readonly limit: number; readonly model: string }): Shaper {
  const counter = createTokenCounter(options.model);

  function take(write: (out: BlockWriter, text: string) => void) {
    return (out: BlockWriter, text: string): void => {
      const taken = counter.take(text, options.limit);
      write(out, taken);
      if (taken !== text) out.finish({ kind: "length" }, unknownUsage);
    };
  }

  return rewriteEvents({
    text: take((out, text) => out.write("text", text)),
    reasoning: take((out, text) => out.write("reasoning", text)),
    arguments: take((out, text) => out.writeArguments(text)),
  });
}
