import { addUsage } from "../model/add-usage.ts";
import type { ChatEvent, Usage } from "../model/events.ts";
import { toGatewayError, type ErrorKind } from "../errors.ts";
import type { MissingPicture } from "../model/picture.ts";

/** What is known of an answer when its request is logged. Never holds text of prompt or answer. */
export interface AnswerFacts {
  model?: string;
  stream?: boolean;
  usage?: Usage;
  /** Names of parameters that had no effect. */
  ignored?: readonly string[];
  /** Why it failed, also after a 200 had been sent. */
  error?: ErrorKind;
  /** The failure itself; only its name, message and causes are logged. */
  cause?: unknown;
  /** Headers that are known only when the head goes out. */
  lateHeaders?: () => Readonly<Record<string, string>>;
}

/** Notes what an event tells of the answer, or of one of several, whose usage is added up. */
export function noteEvent(facts: AnswerFacts, event: ChatEvent): void {
  if (event.type === "response-start") facts.model = event.model;
  else if (event.type === "finish")
    facts.usage = facts.usage === undefined ? event.usage : addUsage(facts.usage, event.usage);
}

/** What a log line says of an answer. */
export function toLogFields({ model, stream, usage, ignored, error, cause }: AnswerFacts): object {
  return {
    ...(model === undefined ? {} : { model }),
    ...(stream === undefined ? {} : { stream }),
    ...(usage === undefined
      ? {}
      : {
          inputTokens: usage.inputTokens,
          outputTokens: usage.outputTokens,
          estimated: usage.estimated,
        }),
    ...(ignored === undefined || ignored.length === 0 ? {} : { ignored }),
    ...(error === undefined ? {} : { error }),
    ...(error === undefined || error === "aborted" ? {} : { err: cause }),
  };
}

/** Notes that not all pictures of an answer could be drawn, though it is one. */
export function noteMissing(facts: AnswerFacts, missing: readonly MissingPicture[]): void {
  const [first] = missing;
  if (first === undefined) return;
  facts.error = toGatewayError(first.error).kind;
  facts.cause = first.error;
}
