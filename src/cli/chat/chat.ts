import { homedir } from "node:os";
import { text } from "node:stream/consumers";

import type { Environment } from "../../config-file/index.ts";
import type { Config } from "../../config.ts";
import type { Services } from "../../services.ts";
import { createQuestion } from "../create-question.ts";
import { ownCommand } from "../look-around.ts";
import { UsageError } from "../usage-error.ts";
import { withServices } from "../with-services.ts";
import { converse } from "./converse.ts";
import { describeUsage } from "./describe-usage.ts";
import { historyPath, noHistory, openHistory } from "./history.ts";
import { requireWriter } from "./require-writer.ts";
import { note, processStreams, type ChatStreams } from "./streams.ts";
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
 * standard input. On a terminal no prompt means a conversation. Throws `UsageError` and `GatewayError`.
 */
export async function chat(
  config: Config,
  environment: Environment,
  prompt: string | undefined,
  options: ChatOptions,
): Promise<void> {
  const streams = processStreams();
  const { input, output } = streams;
  if (prompt === undefined && input.isTTY === true && output.isTTY === true) {
    const file = historyPath(process.env, process.platform, homedir());
    const history =
      options.history === false ? noHistory : openHistory(file, (problem) => note(streams, problem));
    await withServices(config, environment, (services, signal) =>
      converse(services, { ...options, streams, history, signal }),
    );
    return;
  }
  const question = await readQuestion(prompt, streams);
  await withServices(config, environment, (services, signal) =>
    askOnce(services, question, { ...options, streams, signal }),
  );
}

async function readQuestion(prompt: string | undefined, streams: ChatStreams): Promise<string> {
  const fromInput = prompt === undefined || prompt === "-";
  if (fromInput && streams.input.isTTY === true) note(streams, "Type the question; Ctrl-D ends it.");
  const question = fromInput ? await text(streams.input) : prompt;
  if (question.trim() !== "") return question;
  throw new UsageError(`The question is empty. Ask like this: ${ownCommand()} chat "Why is the sky blue?"`);
}

async function askOnce(
  { chat: service, budget, now }: Pick<Services, "chat" | "budget" | "now">,
  question: string,
  options: ChatOptions & { readonly streams: ChatStreams; readonly signal: AbortSignal },
): Promise<void> {
  const { streams, signal } = options;
  const answer: WrittenAnswer = { text: "" };
  try {
    const { id } = await requireWriter(service, options.model, signal);
    const request = createQuestion(id, question, options.system);
    await writeAnswer((sink) => service.complete(request, { signal, baseUrl: "" }, sink), answer, {
      streams,
      reasoning: options.reasoning === true,
    });
  } catch (error) {
    if (!signal.aborted) throw error;
    // As shells count a program that Ctrl-C ended.
    process.exitCode = 130;
    return;
  }
  const usage = describeUsage(answer.finish?.usage, budget(), { now: now() });
  if (streams.errors.isTTY === true && usage !== undefined) note(streams, usage);
}
