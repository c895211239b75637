import { text } from "node:stream/consumers";

import type { Config } from "../../config.ts";
import { homeFolder } from "../../home-folder.ts";
import type { Services } from "../../services.ts";
import { createQuestion } from "../create-question.ts";
import { ownCommand } from "../look-around.ts";
import type { Caller } from "../terminal.ts";
import { UsageError } from "../usage-error.ts";
import { withServices, type ServicesOptions } from "../with-services.ts";
import { converse } from "./converse.ts";
import { describeUsage } from "./describe-usage.ts";
import { historyPath, noHistory, openHistory } from "./history.ts";
import { requireWriter } from "./require-writer.ts";
import { note, streamsOf, type ChatStreams } from "./streams.ts";
import { writeAnswer, type WrittenAnswer } from "./write-answer.ts";

/** The options of the command. */
export interface ChatOptions {
  readonly model?: string;
  readonly system?: string;
  readonly reasoning?: boolean;
  /** False: nothing that was typed is kept for the next session. */
  readonly history?: boolean;
}

/**
 * Asks one question and streams the answer to standard output; without a `prompt`, or with `-`, the question comes from
 * standard input. On a terminal no prompt means a conversation. Resolves to the exit code. Throws `UsageError` and `GatewayError`.
 */
export async function chat(
  config: Config,
  prompt: string | undefined,
  options: ChatOptions,
  given: ServicesOptions,
): Promise<number> {
  const { terminal: caller } = given;
  const { environment } = caller;
  const streams = streamsOf(caller);
  const { input, output } = streams;
  if (prompt === undefined && input.isTTY === true && output.isTTY === true) {
    const file = historyPath(environment, process.platform, homeFolder(environment));
    const history =
      options.history === false ? noHistory : openHistory(file, (problem) => note(streams, problem));
    await withServices(config, given, (services, signal) =>
      converse(services, { ...options, streams, caller, history, signal }),
    );
    return 0;
  }
  const question = await readQuestion(prompt, streams, caller);
  return withServices(config, given, (services, signal) =>
    askOnce(services, question, { ...options, streams, caller, signal }),
  );
}

async function readQuestion(
  prompt: string | undefined,
  streams: ChatStreams,
  caller: Caller,
): Promise<string> {
  const fromInput = prompt === undefined || prompt === "-";
  if (fromInput && streams.input.isTTY === true) note(streams, "Type the question; Ctrl-D ends it.");
  const question = fromInput ? await text(streams.input) : prompt;
  if (question.trim() !== "") return question;
  throw new UsageError(
    `The question is empty. Ask like this: ${ownCommand(caller)} chat "Why is the sky blue?"`,
  );
}

async function askOnce(
  { chat: service, budget, now }: Pick<Services, "chat" | "budget" | "now">,
  question: string,
  options: ChatOptions & {
    readonly streams: ChatStreams;
    readonly caller: Caller;
    readonly signal: AbortSignal;
  },
): Promise<number> {
  const { streams, caller, signal } = options;
  const answer: WrittenAnswer = { text: "" };
  try {
    const { id } = await requireWriter(service, options.model, { caller, signal });
    const request = createQuestion(id, question, options.system);
    await writeAnswer((sink) => service.complete(request, { signal, baseUrl: "" }, sink), answer, {
      streams,
      reasoning: options.reasoning === true,
    });
  } catch (error) {
    if (!signal.aborted) throw error;
    // As shells count a program that Ctrl-C ended.
    return 130;
  }
  const usage = describeUsage(answer.finish?.usage, budget(), { now: now() });
  if (streams.errors.isTTY === true && usage !== undefined) note(streams, usage);
  return 0;
}
