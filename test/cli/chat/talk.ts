import { EventEmitter, once } from "node:events";
import { tmpdir } from "node:os";
import { PassThrough, Writable } from "node:stream";

import { converse, type ConverseOptions } from "../../../src/cli/chat/converse.ts";
import { noHistory } from "../../../src/cli/chat/history.ts";
import { readConfig } from "../../../src/config.ts";
import { createServices } from "../../../src/services.ts";
import { startSimulator, type SimulatorOptions, type Simulator } from "../../../src/simulator/index.ts";

/** Keys as terminals send them. */
export const keys = {
  enter: "\r",
  tab: "\t",
  up: "\u001B[A",
  ctrlC: "\u0003",
  ctrlD: "\u0004",
  paste: (text: string) => `\u001B[200~${text}\u001B[201~`,
} as const;

/** A conversation on a terminal without a screen, over the real services and the real simulator. */
export interface Talk extends AsyncDisposable {
  readonly simulator: Simulator;
  type(keys: string): void;
  /** Resolves with what was shown since the last call, as soon as it holds `part`. */
  shown(part: string): Promise<string>;
  /** Ends when the conversation does; rejects with what it throws. */
  readonly ended: Promise<void>;
}

/** Cursor movements and the like say nothing here. */
// oxlint-disable-next-line no-control-regex
const sequences = /\u001B\[[0-9;?]*[A-Za-z]/g;

/** Somebody who has installed the program, in a folder of no account. */
const caller = { environment: {}, folder: tmpdir(), script: "/usr/bin/akashchat-api" };

/** Starts a conversation. */
export async function startTalk(
  options: Partial<ConverseOptions> & {
    readonly env?: Readonly<Record<string, string>>;
    readonly simulatorOptions?: SimulatorOptions;
  } = {},
): Promise<Talk> {
  const simulator = await startSimulator(options.simulatorOptions);
  const services = await createServices(
    readConfig({
      AKASH_BASE_URL: simulator.url,
      CONFIG_FILE: "none",
      LOG_LEVEL: "silent",
      IMAGE_POLL_MS: "10",
      ...options.env,
    }),
  );
  const news = new EventEmitter();
  let screen = "";
  const show = () =>
    new Writable({
      decodeStrings: false,
      write(chunk: string, _encoding, done) {
        screen += chunk;
        news.emit("text");
        done();
      },
    });
  const terminal = { isTTY: true } as const;
  const input = Object.assign(new PassThrough(), terminal);
  const streams = {
    input,
    output: Object.assign(show(), terminal),
    errors: Object.assign(show(), terminal),
    color: false,
  };
  const signal = new AbortController().signal;
  const ended = converse(services, { history: noHistory, signal, caller, ...options, streams }).finally(
    () => {
      news.emit("text");
    },
  );
  ended.catch(() => undefined);
  return {
    simulator,
    ended,
    type: (text) => void input.write(text),
    async shown(part) {
      while (!screen.replace(sequences, "").includes(part)) await once(news, "text");
      const text = screen.replace(sequences, "");
      screen = "";
      return text;
    },
    async [Symbol.asyncDispose]() {
      input.end();
      await ended.catch(() => undefined);
      await services.close();
      await simulator.close();
    },
  };
}
