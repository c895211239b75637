import type { ToolDefinition } from "../../src/model/request.ts";
import { countTokens } from "../../src/shaping/count-tokens.ts";
import type { ChatBody, ScriptedReply } from "../../src/simulator/index.ts";
import { agentTools } from "../fixtures/tool-calls/agent-tools.ts";
import { post, type AnyJson } from "./post.ts";
import { startStack } from "./start-stack.ts";

/** How an agent works, and how the gateway is told to save. */
export interface AgentDay {
  readonly agent: ScriptedAgent;
  /** Settings of the gateway. */
  readonly env?: Readonly<Record<string, string>>;
  /** What the agent sends beside the conversation. */
  readonly headers?: Record<string, string>;
  readonly body?: Readonly<Record<string, unknown>>;
}

/** What came of it. */
export interface DaySummary {
  /** Requests that were answered before the budget was spent. */
  readonly turns: number;
  /** Bugs that were mended: each takes six turns. */
  readonly bugs: number;
  /** Tokens of the first prompt, as the upstream counts. */
  readonly firstPrompt: number;
  /** Calls that came to the agent as its script has them; all, or something is lost. */
  readonly rightCalls: number;
}

/** A coding agent as it speaks to the gateway. */
export interface ScriptedAgent {
  readonly name: string;
  readonly path: "/v1/messages" | "/v1/responses";
  /** The system prompt, in words. */
  readonly systemWords: number;
  readonly tools: readonly ToolDefinition[];
}

const model = "DeepSeek-V3.2";
/** Tools of some names, their descriptions so long as those are that `launch` leaves. */
const named = (longest: number, ...names: readonly string[]) =>
  agentTools
    .filter(({ name }) => names.includes(name))
    .map((tool) => ({ ...tool, description: tool.description.slice(0, longest) }));

/** Claude Code and Codex, as they come and as `launch` configures them: prompt and tools of about their sizes. */
export const scriptedAgents = {
  claudeCode: {
    name: "Claude Code, as it comes",
    path: "/v1/messages",
    systemWords: 1000,
    tools: agentTools,
  },
  claudeCodeLaunched: {
    name: "Claude Code, launched",
    path: "/v1/messages",
    systemWords: 200,
    tools: named(900, "Bash", "Read", "Edit", "Write"),
  },
  codex: {
    name: "Codex, as it comes",
    path: "/v1/responses",
    systemWords: 2500,
    tools: agentTools.slice(0, 12),
  },
  codexLaunched: {
    name: "Codex, launched",
    path: "/v1/responses",
    systemWords: 200,
    tools: named(300, "Bash", "Edit", "Read"),
  },
} as const satisfies Record<string, ScriptedAgent>;

const lines = (count: number, line: (at: number) => string) =>
  Array.from({ length: count }, (_, at) => line(at + 1)).join("\n");

/** A file, and the output of a failing and of a passing test: some 800, 500 and 500 tokens. */
const source = (bug: number) => lines(60, (at) => `${at}\t  total = add(total, prices[${at}], ${bug});`);
const passing = (bug: number) => `${lines(40, (at) => `ok ${at} - adds part ${at} of ${bug}`)}\n# fail 0`;
const failing = (bug: number) => `${passing(bug)}\nnot ok 41 - expected 3, got 2\n# fail 1`;

/** What the model does in a turn, and what the tool says to it. Six turns mend a bug. */
function stepAt(turn: number): { readonly name: string; readonly input: object; readonly result: string } {
  const bug = Math.floor(turn / 6);
  const file = `/work/src/file-${bug}.js`;
  const test = { command: `node --test test/file-${bug}.test.js` };
  const steps = [
    { name: "Bash", input: test, result: failing(bug) },
    { name: "Read", input: { file_path: file }, result: source(bug) },
    { name: "Read", input: { file_path: `/work/test/file-${bug}.test.js` }, result: source(bug + 1000) },
    {
      name: "Edit",
      input: { file_path: file, old_string: "return a - b;", new_string: "return a + b;" },
      result: `The file ${file} was changed.`,
    },
    { name: "Read", input: { file_path: file }, result: source(bug) },
    { name: "Bash", input: test, result: passing(bug) },
  ] as const;
  return steps[turn % 6] ?? steps[0];
}

const editing = {
  context_management: {
    edits: [
      {
        type: "clear_tool_uses_20250919",
        trigger: { type: "input_tokens", value: 1000 },
        keep: { type: "tool_uses", value: 3 },
      },
    ],
  },
};
const compaction = { context_management: [{ type: "compaction", compact_threshold: 5000 }] };

/** The ways to save, from none to all. The third is what its own API has for it. */
export function waysToSave({ path }: ScriptedAgent): Record<string, Omit<AgentDay, "agent">> {
  const full = { TOOL_DETAIL: "full" };
  const headers = { "x-history-diet": "on" };
  const body = path === "/v1/messages" ? editing : compaction;
  const standard = path === "/v1/messages" ? "context editing" : "compaction";
  return {
    nothing: { env: full },
    "tools in short (default)": {},
    "history diet": { env: full, headers },
    [standard]: { env: full, body },
    "tools in short, history diet": { headers },
    [`tools in short, ${standard}`]: { body },
  };
}

const wordsOf = (count: number) =>
  lines(Math.ceil(count / 10), (at) => `Rule ${at}: work with care, ask when unsure, and say why.`);
const task = "All tests in this folder fail. Mend them one after the other, and run each again.";
const notes = `GOAL: mend all tests. DONE: some of them. ${wordsOf(150)}`;

/** The model's side: a call in each turn, or notes where they are asked for. It counts as the upstream does. */
function createModel() {
  let turn = 0;
  const prompts: number[] = [];
  return {
    prompts,
    script: ({ system = "", messages }: ChatBody): ScriptedReply => {
      const prompt = [system, ...messages.map(({ content }) => content)].reduce(
        (sum, text) => sum + countTokens(text) + 4,
        0,
      );
      prompts.push(prompt);
      const { name, input } = stepAt(turn);
      const call = JSON.stringify({ name, arguments: input });
      const isSummary = system.startsWith("You write hand-over notes.");
      const text = isSummary ? notes : `I go on.\n<tool_call>\n${call}\n</tool_call>`;
      if (!isSummary) turn += 1;
      return { text, usage: { promptTokens: prompt, completionTokens: countTokens(text) } };
    },
  };
}

interface Turn {
  readonly call: { readonly name: string; readonly input: unknown } | undefined;
  /** What the agent adds to the conversation: the answer, and the tool's result. */
  readonly items: readonly unknown[];
}

function readMessage(reply: AnyJson, result: string): Turn {
  const use = reply.content.find(({ type }: AnyJson) => type === "tool_use");
  const answer = { role: "assistant", content: reply.content };
  const outcome = { type: "tool_result", tool_use_id: use?.id, content: result };
  return { call: use, items: [answer, { role: "user", content: [outcome] }] };
}

function readResponse(reply: AnyJson, result: string): Turn {
  const use = reply.output.find(({ type }: AnyJson) => type === "function_call");
  const outcome = { type: "function_call_output", call_id: use?.call_id, output: result };
  const call = use === undefined ? undefined : { name: use.name, input: JSON.parse(use.arguments) };
  return { call, items: [...reply.output, outcome] };
}

/** The request of a turn, with the whole conversation, as these agents send it. */
function toBody({ path, systemWords, tools }: ScriptedAgent, conversation: readonly unknown[]) {
  const system = wordsOf(systemWords);
  if (path === "/v1/messages") {
    const declared = tools.map(({ parameters, ...tool }) => ({ ...tool, input_schema: parameters }));
    const messages = [{ role: "user", content: task }, ...conversation];
    return { model, max_tokens: 4000, system, tools: declared, messages };
  }
  const declared = tools.map((tool) => ({ type: "function", ...tool }));
  const input = [{ type: "message", role: "user", content: task }, ...conversation];
  return { model, instructions: system, tools: declared, input, store: false };
}

/** Lets an agent work until the budget of `tokenLimit` tokens is spent, or for `mostTurns`. */
export async function workThroughDay(
  { agent, env, headers, body }: AgentDay,
  { tokenLimit = 25_000, mostTurns = 300 } = {},
): Promise<DaySummary> {
  const { prompts, script } = createModel();
  await using stack = await startStack({ simulator: { tokenLimit, script }, ...(env && { env }) });
  const conversation: unknown[] = [];
  let turns = 0;
  let rightCalls = 0;
  while (turns < mostTurns) {
    const asked = { ...toBody(agent, conversation), ...body };
    const reply = await post(stack.url + agent.path, asked, headers);
    if (reply.status === 429) break;
    if (reply.status !== 200) throw new Error(`${reply.status}: ${reply.text}`);
    const { name, input, result } = stepAt(turns);
    const read = agent.path === "/v1/messages" ? readMessage : readResponse;
    const { call, items } = read(reply.json(), result);
    if (call?.name === name && JSON.stringify(call.input) === JSON.stringify(input)) rightCalls += 1;
    conversation.push(...items);
    turns += 1;
  }
  return { turns, bugs: Math.floor(turns / 6), firstPrompt: prompts[0] ?? 0, rightCalls };
}
