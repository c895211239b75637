import type { ToolRequest } from "./tool-request.ts";
import { describeTool } from "./prompt/create-tool-prompt.ts";
import { createUnfolding, describeSchema } from "./prompt/describe-schema.ts";
import { taughtSyntaxFor } from "./prompt/taught-syntax.ts";

/** What keeps a call, or an answer, from being passed on. */
export type Fault =
  | { readonly kind: "unknown-tool" | "other-tool"; readonly name: string }
  | { readonly kind: "unreadable" | "cut"; readonly name: string | undefined }
  | { readonly kind: "schema"; readonly name: string; readonly faults: readonly string[] }
  /** A call in a form that nobody could read, or an answer with neither text nor a call. */
  | { readonly kind: "lost"; readonly name: string }
  | { readonly kind: "no-call" | "empty" };

/**
 * What became of a native call. `held`: it does, but stands behind one that doesn't, and so was not given out. `surplus`:
 * one call was wanted, and another one came first.
 */
export type CallOutcome = "accepted" | "held" | "surplus" | Fault;

/** More faults help no model, and each costs tokens. */
const mostFaults = 16;

/** What faults are seen in. */
export interface FaultContext {
  readonly request: ToolRequest;
  readonly model: string;
  /** Names of the calls of this answer that were passed on. */
  readonly accepted: readonly string[];
  /** Names of the tools that the model knows in short only. */
  readonly shortened?: ReadonlySet<string> | undefined;
  /** Calls are made by the means of the server: there is no form to be written. */
  readonly native?: boolean | undefined;
}

/** Says to the model what is wrong and what to write instead. */
export function describeFaults(faults: readonly Fault[], context: FaultContext): string {
  const { request, model, accepted } = context;
  const hints = createHints(context);
  const lines = [
    ...new Set(faults.slice(0, mostFaults).map((fault) => describeFault(fault, request, hints))),
  ];
  if (accepted.length > 0) {
    lines.push(
      `The ${accepted.length === 1 ? "call" : "calls"} before it (${accepted.join(", ")}) went through: don't repeat what was accepted.`,
    );
  }
  if (context.native === true) lines.push(`${sayAgain(faults, nativeWords)}.`);
  else {
    lines.push(
      `${sayAgain(faults, writtenWords)}, in exactly this form and with no other text:`,
      taughtSyntaxFor(model).form,
    );
  }
  return lines.join("\n");
}

/** Says of each native call of an answer what became of it, as the tool's result would be told. */
export function describeOutcomes(outcomes: readonly CallOutcome[], context: FaultContext): string[] {
  const hints = createHints(context);
  let faults = 0;
  return outcomes.map((outcome) => {
    if (outcome === "accepted") return "This call was accepted and is being made. Don't repeat it.";
    if (outcome === "surplus") return "This call was not made: only one call at a time is wanted.";
    if (outcome === "held" || faults >= mostFaults) {
      return "This call was not made, because another one of the same answer was wrong. Call the tool again.";
    }
    faults += 1;
    return `${describeFault(outcome, context.request, hints)}\n${sayAgain([outcome], nativeWords)}.`;
  });
}

function createHints({ request, shortened }: FaultContext): Hints {
  const told = new Set<string>();
  const unfolding = createUnfolding();

  /** What several faults would repeat is said with the first one. */
  function once(topic: string, say: () => string): string {
    if (told.has(topic)) return "";
    told.add(topic);
    return say();
  }

  return {
    tools: () => once("", () => ` The tools are: ${request.tools.map(({ name }) => name).join(", ")}.`),
    fields(name) {
      const tool = request.tools.find((one) => one.name === name);
      if (tool === undefined) return "";
      return once(name, () =>
        shortened?.has(name) === true
          ? ` All that is known of this tool:\n${describeTool(tool, unfolding)}`
          : ` The arguments are: ${describeSchema(tool.parameters, unfolding)}`,
      );
    },
  };
}

/** How a model calls a tool. */
const writtenWords = { now: "write the call now", again: "write the call again" };
const nativeWords = { now: "call the tool now", again: "call the tool again" };

function sayAgain(faults: readonly Fault[], words: typeof writtenWords): string {
  const kinds = new Set(faults.map(({ kind }) => kind));
  if (kinds.has("no-call")) return capitalize(words.now);
  if (kinds.has("empty")) return `Either answer in words, or ${words.now}`;
  return kinds.has("lost")
    ? `If you meant to call it, ${words.again}`
    : `${capitalize(words.again)}, corrected`;
}

function capitalize(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** What helps to do better. Sentences with a blank before them, or nothing. */
interface Hints {
  readonly tools: () => string;
  readonly fields: (name: string) => string;
}

function describeFault(fault: Fault, request: ToolRequest, hints: Hints): string {
  const call = "name" in fault && fault.name !== undefined ? `Your call of ${fault.name}` : "Your tool call";
  switch (fault.kind) {
    case "unknown-tool":
      return `There is no tool named ${JSON.stringify(fault.name)}.${hints.tools()}`;
    case "other-tool":
      return `You called ${fault.name}, but this answer must call ${choiceName(request)}.`;
    case "unreadable":
      return `${call} can't be read: its arguments are not in the right form.${hints.tools()}`;
    case "cut":
      return `${call} is incomplete: the answer ended inside it.`;
    case "schema":
      return `${call} has wrong arguments: ${fault.faults.join("; ")}.${hints.fields(fault.name)}`;
    case "lost":
      return `Your answer names the tool ${fault.name} as in a call, but no call could be read in it.`;
    case "empty":
      return `Your answer is empty: it has neither text nor a tool call.${hints.tools()}`;
    default:
      return request.toolChoice.kind === "function"
        ? `Your answer must call the tool ${choiceName(request)}, but it has no tool call.`
        : `Your answer must call a tool, but it has no tool call.${hints.tools()}`;
  }
}

function choiceName({ toolChoice }: ToolRequest): string {
  return toolChoice.kind === "function" ? toolChoice.name : "a tool";
}
