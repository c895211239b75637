import { pino } from "pino";

import type {
  ChatBody,
  RecordedRequest,
  ScriptedReply,
  Simulator,
  SimulatorOptions,
} from "../../../src/simulator/index.ts";
import { startStack } from "../../support/start-stack.ts";
import { launchAgent, type Agent } from "./agent.ts";
import { createTask, type Task } from "./create-task.ts";
import { startAgent, type AgentRun } from "./run-agent.ts";
import { conversation } from "./script-task.ts";
import { startClosedProxy } from "./start-proxy.ts";

/** What an agent's run came to, whatever it was. */
export interface Session extends AgentRun {
  /** All that its user read. */
  readonly output: string;
  /** What became of each of its turns at the gateway: a status, or the kind of the failure. */
  readonly answers: readonly string[];
  /** What the upstream was asked, titles aside. */
  readonly asked: readonly RecordedRequest[];
  /** Whether the task was done. */
  readonly done: boolean;
}

type Say = (body: ChatBody) => ScriptedReply;

/** The world of a session. */
export interface SessionOptions {
  readonly simulator?: SimulatorOptions;
  readonly env?: Readonly<Record<string, string>>;
  /** Queues what the model says, or gives what it says to everything that nothing is queued for. */
  readonly script: (simulator: Simulator, task: Task) => Promise<Say | undefined>;
}

/** Has our command line launch an agent in the repository of `createTask`, with a scripted model. */
export async function runSession(agent: Agent, prompt: string, options: SessionOptions): Promise<Session> {
  const lines: { readonly msg: string; readonly status?: number; readonly error?: string }[] = [];
  const log = pino({ base: null }, { write: (line) => lines.push(JSON.parse(line)) });
  let say: Say | undefined;
  await using stack = await startStack({
    env: options.env ?? {},
    simulator: { ...options.simulator, script: (body) => say?.(body) },
    overrides: { log },
  });
  await using proxy = await startClosedProxy();
  await using task = await createTask();
  await agent.prepare(task);
  say = await options.script(stack.simulator, task);
  const command = launchAgent(agent, { url: stack.url, model: "DeepSeek-V3.2" }, prompt);
  await using running = startAgent(command, { ...task, proxy: proxy.url });
  const result = await running.result;
  const turns = lines.filter(({ msg }) =>
    /^POST .*(?:\/(?:completions|responses|messages)|:(?:streamG|g)enerateContent)$/.test(msg),
  );
  return {
    ...result,
    output: `${result.stdout}\n${result.stderr}`,
    answers: turns.map(({ status, error }) => error ?? String(status)),
    asked: conversation(stack.simulator),
    done: await task.passes(),
  };
}
