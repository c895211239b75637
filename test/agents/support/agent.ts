import type { Size } from "../../../src/cli/connect/client.ts";
import { bug, type Task } from "./create-task.ts";
import type { Call } from "./render-call.ts";
import type { Command } from "./run-agent.ts";
import { cliCommand } from "./run-cli.ts";

/** One answer of the scripted model: some words, then calls. */
export interface Turn {
  readonly say: string;
  readonly calls: readonly Call[];
}

/** A coding agent: how it is started, and which of its tools do the task. */
export interface Agent {
  /** The name under which `connect` and `launch` know it. */
  readonly client: string;
  readonly executable: string;
  /** Variables that keep it from looking for updates and the like, as far as `launch` does not set them. */
  readonly quiet: Readonly<Record<string, string>>;
  /** Puts what it would fetch from elsewhere into its home folder. */
  prepare(task: Task): Promise<void>;
  /** Arguments that make it do what it is told, without asking, and end. */
  readonly args: (prompt: string) => readonly string[];
  /** Whom it asks besides the gateway, whatever it is told. */
  readonly asks?: RegExp;
  /** Reads a file in whole. */
  readonly read: (path: string) => Call;
  /** Look, run the test, edit, run the test again, with the tools that the size leaves it. */
  turns(task: Task, size: Size): readonly Turn[];
}

/** Runs the task's test. */
export const runTest = "node --test sum.test.js";

/** Mends the task's bug. */
export const mend = `sed -i.old 's/${bug.wrong}/${bug.right}/' sum.js`;

/** The turns of the task: each field gives the calls of one. */
export function takeTurns(calls: {
  readonly look: readonly Call[];
  readonly test: Call;
  readonly edit: Call;
}): readonly Turn[] {
  return [
    { say: "Let me look at both files.", calls: calls.look },
    { say: "Now I run the test.", calls: [calls.test] },
    { say: "The sign is wrong.", calls: [calls.edit] },
    { say: "Again.", calls: [calls.test] },
  ];
}

/** The turns of an agent that has nothing but a shell. */
export function takeShellTurns(shell: (command: string) => Call): readonly Turn[] {
  return takeTurns({
    look: [shell("cat sum.test.js"), shell("cat sum.js")],
    test: shell(runTest),
    edit: shell(mend),
  });
}

/** Where an agent finds its model. */
export interface Place {
  readonly url: string;
  readonly model?: string;
  readonly size?: Size;
  /** The gateway's BEARER_TOKEN. */
  readonly token?: string;
}

/** The agent as `akashchat-api launch` starts it. */
export function launchAgent(agent: Agent, place: Place, prompt: string): Command {
  const { url, model, size = "default", token } = place;
  return cliCommand(
    [
      "launch",
      agent.client,
      "--url",
      url,
      ...(model === undefined ? [] : ["--model", model]),
      ...(size === "default" ? [] : [`--${size}`]),
      "--",
      ...agent.args(prompt),
    ],
    { ...agent.quiet, ...(token === undefined ? {} : { BEARER_TOKEN: token }) },
  );
}
