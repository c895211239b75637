import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Target } from "../../../src/cli/connect/client-setup.ts";
import {
  claudeCodeEnvironment,
  codexEnvironment,
  codexOverrides,
  opencodeConfig,
} from "../../../src/cli/connect/agent-settings.ts";
import { bug, type Task } from "./create-task.ts";
import type { Call } from "./render-call.ts";
import type { Command } from "./run-agent.ts";

/** One answer of the scripted model: some words, then calls. */
export interface Turn {
  readonly say: string;
  readonly calls: readonly Call[];
}

/** A coding agent: how it is started, and which of its tools do the task. */
export interface Agent {
  /** Variables that keep it from looking for updates and the like, as far as `connect` does not set them. */
  readonly quiet: Readonly<Record<string, string>>;
  /** Puts what it would fetch from elsewhere into its home folder. */
  prepare(task: Task): Promise<void>;
  /** The name under which `connect` and `launch` know it. */
  readonly client: string;
  readonly executable: string;
  /** Arguments that make it do what it is told, without asking, and end. */
  readonly args: (prompt: string) => readonly string[];
  /** Its own command, pointed at the gateway as `connect` would. */
  command(target: Target, task: Task, prompt: string): Promise<Command>;
  /** Look, run the test, edit, run the test again. */
  turns(task: Task): readonly Turn[];
}

const runTest = "node --test sum.test.js";
const said = {
  look: "Let me look at both files.",
  fail: "Now I run the test.",
  edit: "The sign is wrong.",
  pass: "Again.",
} as const;

/** Claude Code, over Anthropic Messages. */
export const claudeCode: Agent = {
  quiet: { DISABLE_AUTOUPDATER: "1" },
  async prepare() {},
  client: "claude-code",
  executable: "claude",
  args: (prompt) => ["-p", prompt, "--allowedTools", "Bash,Read,Edit"],
  async command(target, _task, prompt) {
    const environment = { ...this.quiet, ...claudeCodeEnvironment(target) };
    return { command: this.executable, args: this.args(prompt), environment };
  },
  turns: ({ folder }) => [
    {
      say: said.look,
      calls: ["sum.test.js", "sum.js"].map((file) => ({
        name: "Read",
        args: { file_path: join(folder, file), limit: 100 },
      })),
    },
    { say: said.fail, calls: [{ name: "Bash", args: { command: runTest, description: "Run the test" } }] },
    {
      say: said.edit,
      calls: [
        {
          name: "Edit",
          args: {
            file_path: join(folder, "sum.js"),
            old_string: bug.wrong,
            new_string: bug.right,
            replace_all: false,
          },
        },
      ],
    },
    { say: said.pass, calls: [{ name: "Bash", args: { command: runTest, timeout: 60_000 } }] },
  ],
};

/** Claude Code telling all that it receives, as JSON lines. */
export const claudeCodeInJson: Agent = {
  ...claudeCode,
  args: (prompt) => [...claudeCode.args(prompt), "--output-format", "stream-json", "--verbose"],
};

function codexAgent(edit: Call, shell: (command: string) => Call): Agent {
  return {
    quiet: {},
    async prepare() {},
    client: "codex",
    executable: "codex",
    args: (prompt) => [
      "-c",
      "features.plugins=false",
      "-c",
      "analytics.enabled=false",
      "-c",
      'otel.metrics_exporter="none"',
      "exec",
      "--skip-git-repo-check",
      // Its sandbox needs a kernel that containers seldom offer; what runs is scripted.
      "--dangerously-bypass-approvals-and-sandbox",
      prompt,
    ],
    async command(target, _task, prompt) {
      const overrides = codexOverrides(target).flatMap((override) => ["-c", override]);
      const environment = { ...this.quiet, ...codexEnvironment(target) };
      return { command: this.executable, args: [...overrides, ...this.args(prompt)], environment };
    },
    turns: () => [
      { say: said.look, calls: [shell("cat sum.test.js"), shell("cat sum.js")] },
      { say: said.fail, calls: [shell(runTest)] },
      { say: said.edit, calls: [edit] },
      { say: said.pass, calls: [shell(runTest)] },
    ],
  };
}

const execCommand = (cmd: string): Call => ({ name: "exec_command", args: { cmd, yield_time_ms: 20_000 } });
const patch = [
  "*** Begin Patch",
  "*** Update File: sum.js",
  "@@",
  " export function sum(a, b) {",
  `-  ${bug.wrong}`,
  `+  ${bug.right}`,
  " }",
  "*** End Patch",
  "",
].join("\n");

/** Codex with a model that it does not know: function tools only, edits through the shell. */
export const codex = codexAgent(execCommand(`sed -i.old 's/${bug.wrong}/${bug.right}/' sum.js`), execCommand);

/** Codex with the name of a model that it knows: edits with its custom tool, whose input is plain text. */
export const codexWithPatch = codexAgent({ name: "apply_patch", args: { input: patch } }, execCommand);

const script = (input: string): Call => ({ name: "functions__exec", args: { input } });

/** Codex with a model that it drives by JavaScript: one custom tool inside a namespace, offered by an input item. */
export const codexInCodeMode = codexAgent(
  script(`text(await tools.apply_patch(${JSON.stringify(patch)}));`),
  (command) =>
    script(
      `const { output } = await tools.exec_command({ cmd: ${JSON.stringify(command)}, yield_time_ms: 20000 });\ntext(output);`,
    ),
);

/** opencode, over Chat Completions. */
export const opencode: Agent = {
  quiet: {
    OPENCODE_DISABLE_AUTOUPDATE: "1",
    OPENCODE_DISABLE_MODELS_FETCH: "1",
    OPENCODE_DISABLE_LSP_DOWNLOAD: "1",
  },
  async prepare({ home }) {
    // It installs its plugin library, which only plugins need, into the folder of its configuration.
    const folder = join(home, ".config", "opencode");
    await mkdir(join(folder, "node_modules"), { recursive: true });
    const lock = { packages: { "": { dependencies: { "@opencode-ai/plugin": "*" } } } };
    await writeFile(join(folder, "package-lock.json"), JSON.stringify(lock));
  },
  client: "opencode",
  executable: "opencode",
  args: (prompt) => ["run", "--thinking", prompt],
  async command(target, { home }, prompt) {
    const file = join(home, "opencode.json");
    await writeFile(file, JSON.stringify(opencodeConfig(target)));
    const environment = { ...this.quiet, OPENCODE_CONFIG: file };
    return { command: this.executable, args: this.args(prompt), environment };
  },
  turns: ({ folder }) => [
    {
      say: said.look,
      calls: ["sum.test.js", "sum.js"].map((file) => ({
        name: "read",
        args: { filePath: join(folder, file), limit: 100 },
      })),
    },
    { say: said.fail, calls: [{ name: "bash", args: { command: runTest, timeout: 60_000 } }] },
    {
      say: said.edit,
      calls: [
        {
          name: "edit",
          args: { filePath: join(folder, "sum.js"), oldString: bug.wrong, newString: bug.right },
        },
      ],
    },
    { say: said.pass, calls: [{ name: "bash", args: { command: runTest } }] },
  ],
};
