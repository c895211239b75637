import { toGatewayError } from "../../errors.ts";
import type { Services } from "../../services.ts";
import type { ModelInfo } from "../../model/model-info.ts";
import { explainSystemError } from "../explain-system-error.ts";
import type { Caller } from "../terminal.ts";
import { UsageError } from "../usage-error.ts";
import { completeLine, describeCommands, parseLine, type CommandName } from "./commands.ts";
import { Conversation } from "./conversation.ts";
import { drawToFile } from "./draw-to-file.ts";
import type { History } from "./history.ts";
import { createMessageReader } from "./message-reader.ts";
import { requireWriter } from "./require-writer.ts";
import { note, type ChatStreams } from "./streams.ts";

/** What a conversation begins with. */
export interface ConverseOptions {
  readonly model?: string | undefined;
  readonly system?: string | undefined;
  readonly reasoning?: boolean | undefined;
  readonly streams: ChatStreams;
  /** Where the user is, and how the program was called. */
  readonly caller: Caller;
  readonly history: History;
  /** Ends the conversation. */
  readonly signal: AbortSignal;
}

/** One line about what went wrong. */
function explain(error: unknown): string {
  const known = toGatewayError(error);
  const text = known.kind === "internal" ? explainSystemError(error) : known.message;
  return (error instanceof UsageError ? error.message : text).replace(/\s+/g, " ");
}

function describeModel({ id, kind, contextLength, aliasOf }: ModelInfo, current: string | undefined): string {
  const facts = [
    kind === "image" ? "draws: /image" : contextLength === undefined ? undefined : `${contextLength} tokens`,
    aliasOf,
  ].filter((fact) => fact !== undefined);
  return `${id === current ? "*" : " "} ${id}${facts.length === 0 ? "" : `  (${facts.join(", ")})`}`;
}

/**
 * Holds a conversation on a terminal until its user ends it. Failures are told in one line, and it goes on. Throws only
 * `UsageError`, for a model that draws, and before anything was typed.
 */
export async function converse(
  services: Pick<Services, "chat" | "images" | "budget" | "now">,
  options: ConverseOptions,
): Promise<void> {
  const { chat } = services;
  const { streams, caller, history, signal } = options;
  const conversation = new Conversation(services, streams, options);
  let lastQuestion: string | undefined;

  async function requireModel(during: AbortSignal): Promise<ModelInfo> {
    conversation.model ??= await requireWriter(chat, options.model, { caller, signal: during });
    return conversation.model;
  }

  try {
    const { id } = await requireModel(signal);
    note(streams, `${id}. /help lists the commands, Ctrl-D ends.`);
  } catch (error) {
    if (signal.aborted) return;
    if (error instanceof UsageError) throw error;
    note(streams, explain(error));
  }

  async function ask(text: string, during: AbortSignal): Promise<void> {
    lastQuestion = text;
    try {
      await conversation.say(text, await requireModel(during), during);
    } catch (error) {
      if (during.aborted) throw error;
      note(streams, `${explain(error)} /retry sends the question again.`);
    }
  }

  async function listIds(): Promise<string[]> {
    const models = await chat.listModels(signal).catch(() => []);
    return models.filter(({ kind }) => kind === "chat").map(({ id }) => id);
  }

  async function switchModel(id: string, during: AbortSignal): Promise<void> {
    if (id === "") {
      const models = await chat.listModels(during);
      const lines = models.map((model) => describeModel(model, conversation.model?.id));
      streams.output.write(`${lines.join("\n")}\n`);
      return;
    }
    const model = await chat.resolveModel(id, during);
    if (model.kind === "image") {
      note(streams, `${model.id} draws and can't hold a conversation. Draw with /image.`);
      return;
    }
    conversation.model = model;
    note(streams, `${model.id} goes on with the conversation.`);
  }

  const actions: Readonly<
    Record<Exclude<CommandName, "quit">, (rest: string, during: AbortSignal) => Promise<void> | void>
  > = {
    model: switchModel,
    async image(prompt, during) {
      if (prompt === "") note(streams, "Say what to draw: /image a red boat");
      else await drawToFile(services, prompt, { streams, folder: caller.folder, signal: during });
    },
    system(text) {
      if (text !== "") conversation.system = text === "off" ? undefined : text;
      note(streams, `System prompt: ${conversation.system ?? "none of your own"}`);
    },
    reasoning() {
      conversation.reasoning = !conversation.reasoning;
      note(streams, `The model's thinking is ${conversation.reasoning ? "shown" : "hidden"}.`);
    },
    async retry(_rest, during) {
      if (lastQuestion === undefined) note(streams, "There is no question yet.");
      else await ask(lastQuestion, during);
    },
    new: forget,
    clear: forget,
    help: () => void streams.output.write(`${describeCommands()}\n`),
  };

  function forget(): void {
    conversation.clear();
    note(streams, "The conversation is forgotten.");
  }

  /** False: the user wants to end. */
  async function answer(text: string): Promise<boolean> {
    const line = parseLine(text);
    if (line.kind === "command" && line.name === "quit") return false;
    if (line.kind === "unknown") {
      note(streams, `There is no command /${line.name}. /help lists them.`);
      return true;
    }
    const { name, rest } = line.kind === "command" ? line : { name: undefined, rest: "" };
    await reader.during(async (during) => {
      try {
        if (name === undefined) await ask(text.trim(), during);
        else if (name !== "quit") await actions[name](rest, during);
      } catch (error) {
        note(streams, during.aborted ? "Stopped." : explain(error));
      }
    });
    return true;
  }

  const reader = createMessageReader({
    streams,
    history,
    signal,
    complete: async (line) => completeLine(line, line.startsWith("/model") ? await listIds() : []),
  });
  try {
    for (;;) {
      const text = await reader.next();
      if (text === undefined) break;
      if (text.trim() !== "" && !(await answer(text))) break;
    }
  } finally {
    reader.close();
  }
}
