import type { Services } from "../../services.ts";
import type { ModelInfo } from "../../model/model-info.ts";
import type { Message } from "../../model/request.ts";
import { fitContext } from "../../responses/fit-context.ts";
import { createQuestion } from "../create-question.ts";
import { describeUsage } from "./describe-usage.ts";
import { note, type ChatStreams } from "./streams.ts";
import { writeAnswer, type WrittenAnswer } from "./write-answer.ts";

/** What is said of an answer that ended otherwise than by itself. */
const cuts: Readonly<Record<string, string>> = {
  length: "The answer is cut: it reached its limit.",
  "content-filter": "The answer is cut: a filter of the model's host stopped it.",
};

/** A conversation with a model; all fields but the messages may be changed between two turns. */
export class Conversation {
  model: ModelInfo | undefined;
  system: string | undefined;
  reasoning: boolean;
  readonly #services: Pick<Services, "chat" | "budget" | "now">;
  readonly #streams: ChatStreams;
  /** Without the system prompt; it begins with a user's turn. */
  #messages: readonly Message[] = [];

  constructor(
    services: Pick<Services, "chat" | "budget" | "now">,
    streams: ChatStreams,
    options: { readonly system?: string | undefined; readonly reasoning?: boolean | undefined },
  ) {
    this.#services = services;
    this.#streams = streams;
    this.system = options.system;
    this.reasoning = options.reasoning ?? false;
  }

  /** Forgets what was said. */
  clear(): void {
    this.#messages = [];
  }

  /**
   * Says something and writes the answer. Both are kept; of an answer that `signal` cuts off, what came. When it fails
   * (throws `GatewayError`), the conversation is as before, so that the same can be said again.
   */
  async say(text: string, model: ModelInfo, signal: AbortSignal): Promise<void> {
    const { chat, budget, now } = this.#services;
    const question = createQuestion(model.id, text, this.system);
    const system = question.messages.filter(({ role }) => role === "system");
    const asked = question.messages.filter(({ role }) => role !== "system");
    const whole = { ...question, messages: [...system, ...this.#messages, ...asked] };
    const fitted = await fitContext(chat, whole, { window: model, signal });
    const dropped = whole.messages.length - fitted.messages.length;
    if (dropped > 0) {
      const which = dropped === 1 ? "The oldest message is" : `The ${dropped} oldest messages are`;
      note(this.#streams, `${which} left out: the context of ${model.id} is full.`);
    }

    const answer: WrittenAnswer = { text: "" };
    try {
      await writeAnswer((sink) => chat.complete(fitted, { signal, baseUrl: "" }, sink), answer, {
        streams: this.#streams,
        reasoning: this.reasoning,
      });
    } catch (error) {
      if (!signal.aborted) throw error;
      note(this.#streams, "Stopped.");
    }
    if (answer.text === "" && signal.aborted) return;
    this.#messages = [
      ...fitted.messages.filter(({ role }) => role !== "system"),
      { role: "assistant", parts: [{ type: "text", text: answer.text }] },
    ];
    const cut = answer.finish && cuts[answer.finish.reason.kind];
    if (cut !== undefined) note(this.#streams, cut);
    const usage = answer.finish && describeUsage(answer.finish.usage, budget(), { now: now() });
    if (usage !== undefined) note(this.#streams, usage);
  }
}
