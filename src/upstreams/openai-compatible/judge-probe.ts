import type { UpstreamFailure } from "./failure.ts";
import { refuses } from "./refused-fields.ts";

/** What a server made of a tiny request. */
export type ProbeAnswer =
  | {
      readonly kind: "answer";
      /** Whether a tool was called. */
      readonly calls: boolean;
      /** Whether the text has a call in it, as models write them. */
      readonly markup: boolean;
      /** Whether all that was allowed was used up for thinking. */
      readonly thoughtOnly: boolean;
      /** As the server counted. */
      readonly promptTokens: number | undefined;
    }
  | { readonly kind: "failure"; readonly failure: UpstreamFailure };

/** What is to be done with the tools of a model: `undecided` ones are given to it, and what it makes of them is checked. */
export interface ToolVerdict {
  readonly tools: "native" | "emulated" | "undecided";
  /** Why, in words for the operator. */
  readonly reason: string;
}

/** What two requests showed: a verdict, or nothing, because the second failed. */
export type Judgement =
  | ({ readonly kind: "verdict" } & ToolVerdict)
  | {
      readonly kind: "failed";
      readonly failure: UpstreamFailure;
      /** It may be for `tool_choice` alone: without it there is more to see. */
      readonly isOfChoice: boolean;
    };

/**
 * Judges whether a server reads calls of a model by itself: by its answer to a request without tools, and to the same with one tool
 * and the choice of it.
 */
export function judgeProbe(
  plain: ProbeAnswer,
  offered: ProbeAnswer,
  choice: "required" | "auto" = "required",
): Judgement {
  if (offered.kind === "failure") return judgeFailure(offered.failure);
  if (offered.calls) {
    const how = choice === "auto" ? ", when it is left free to: it refuses tool_choice" : "";
    return verdict("native", `it called the tool${how}`);
  }
  if (offered.markup) return verdict("emulated", "the call stands in its text, so its server reads none");
  const before = plain.kind === "answer" ? plain.promptTokens : undefined;
  const { promptTokens } = offered;
  if (promptTokens !== undefined && promptTokens === before) {
    return verdict("emulated", "its server dropped the tool silently: the prompt is as long as without");
  }
  if (offered.thoughtOnly) return verdict("undecided", "it thought until its few tokens were used up");
  return verdict(
    "undecided",
    promptTokens === undefined || before === undefined
      ? "it answered in words, and its server does not count the prompt"
      : "it was shown the tool and answered in words",
  );
}

function verdict(tools: ToolVerdict["tools"], reason: string): Judgement {
  return { kind: "verdict", tools, reason };
}

function judgeFailure(failure: UpstreamFailure): Judgement {
  const { reason, error } = failure;
  if (reason === "tools-unsupported" || refuses(failure, "tools")) {
    return verdict("emulated", "its server refuses tools");
  }
  if (reason === "output-unparsable") {
    return verdict(
      "native",
      "its server could not read what the model wrote: a weak model, whose calls are mended",
    );
  }
  const isOfRequest = reason === "invalid-request" || reason === "not-supported";
  const namesChoice = /\btool[_ ]choice\b/i.test(`${error.message} ${error.param ?? ""}`);
  return { kind: "failed", failure, isOfChoice: isOfRequest && namesChoice };
}
