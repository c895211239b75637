import {
  leakedMarkup,
  startCompatibleSimulator,
  type CompatibleScript,
  type CompatibleSimulator,
  type CompatibleSimulatorOptions,
} from "../../../src/simulator/compatible/index.ts";
import { startSimulator, type ScriptedReply, type Simulator } from "../../../src/simulator/index.ts";
import { startConfigured } from "../../support/start-configured.ts";
import type { Turn } from "./agent.ts";
import { renderCalls } from "./render-call.ts";
import { report, thought } from "./script-task.ts";

/** The model that all of these upstreams have. */
export const model = "deepseek-ai/DeepSeek-V3.2";
/** More than a task needs. */
const window = 200_000;

/** How a server with OpenAI's API has its calls. */
export interface ServerKind extends Pick<CompatibleSimulatorOptions, "persona" | "tools"> {
  /** The markup in which the model writes calls that its server does not parse. */
  readonly family?: keyof typeof leakedMarkup;
}

/** The model's side of a task, whoever has the model. */
export interface TaskModel {
  /** Set before an agent starts. */
  turns: readonly Turn[];
}

/** What is sent: messages of any upstream. */
interface Sent {
  readonly system?: string;
  readonly messages?: readonly { readonly role: string; readonly content: unknown }[];
}

/** The turn that a request asks for, by the results that it has; `undefined`: it asks for a title. */
function findTurn({ turns }: TaskModel, body: unknown): Turn | undefined {
  const { system = "", messages = [] } = body as Sent;
  const prompts = messages.filter(({ role }) => role === "system").map(({ content }) => String(content));
  if ([system, ...prompts].some((text) => text.startsWith("You are a title generator"))) return undefined;
  const results = messages
    // What teaches the form of results holds one.
    .filter(({ role }) => role !== "system")
    .map(({ role, content }) =>
      role === "tool" ? 1 : (JSON.stringify(content).match(/<tool_response\b/g)?.length ?? 0),
    )
    .reduce((sum, count) => sum + count, 0);
  let seen = 0;
  for (const turn of turns) {
    if (seen >= results) return turn;
    seen += turn.calls.length;
  }
  return { say: report, calls: [] };
}

function sayInText(task: TaskModel, body: unknown): ScriptedReply {
  const turn = findTurn(task, body);
  if (turn === undefined) return { text: "Mending a sum" };
  const calls = turn.calls.length === 0 ? "" : `\n\n${renderCalls("hermes", turn.calls)}`;
  return { text: turn.say + calls, reasoning: thought };
}

function sayBy(kind: ServerKind, task: TaskModel, body: unknown): CompatibleScript {
  const turn = findTurn(task, body);
  if (turn === undefined) return { kind: "answer", text: "Mending a sum" };
  const calls = turn.calls.map(({ name, args }) => ({ name, input: args }));
  const said = { kind: "answer", reasoning: thought } as const;
  if (calls.length === 0) return { ...said, text: turn.say };
  if (kind.family === undefined) return { ...said, text: turn.say, calls };
  return { ...said, text: `${turn.say}\n\n${leakedMarkup[kind.family](calls)}` };
}

async function startServer(kind: ServerKind, task: TaskModel): Promise<CompatibleSimulator> {
  const { family: _family, ...options } = kind;
  return startCompatibleSimulator({
    ...options,
    models: [{ id: model, contextLength: window, maxOutputTokens: 65_536, reasoning: true }],
    script: ({ method, body }) => (method === "POST" ? sayBy(kind, task, body) : undefined),
  });
}

/** A gateway and its upstreams, none of which knows more than the task. */
export interface TaskUpstreams extends AsyncDisposable {
  readonly url: string;
  readonly task: TaskModel;
  readonly server: CompatibleSimulator;
  readonly web: Simulator | undefined;
}

/** Starts a server and, with `webTokens`, the web chat with such an allowance before it. */
export async function startTaskUpstreams(kind: ServerKind, webTokens?: number): Promise<TaskUpstreams> {
  const task: TaskModel = { turns: [] };
  const server = await startServer(kind, task);
  const web =
    webTokens === undefined
      ? undefined
      : await startSimulator({
          models: [{ id: "DeepSeek-V3.2", apiId: model, tokenLimit: window }],
          tokenLimit: webTokens,
          script: (body) => sayInText(task, body),
        });
  const file = [
    "upstreams:",
    ...(web === undefined ? [] : [`  - { name: web, type: akash-chat, base_url: "${web.url}" }`]),
    `  - { name: mine, type: openai, base_url: "${server.baseUrl}" }`,
    `aliases: { "gpt-*": "${model}" }`,
    "",
  ].join("\n");
  const gateway = await startConfigured(file);
  return {
    url: gateway.url,
    task,
    server,
    web,
    async [Symbol.asyncDispose]() {
      await gateway.close();
      await server.close();
      await web?.close();
    },
  };
}
