import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { mend, runTest, takeShellTurns, takeTurns, type Agent } from "./agent.ts";
import { bug } from "./create-task.ts";
import type { Call } from "./render-call.ts";

const bash = (command: string): Call => ({
  name: "Bash",
  args: { command, description: "Run a command", timeout: 60_000 },
});

/** Claude Code, over Anthropic Messages. */
export const claudeCode: Agent = {
  client: "claude-code",
  executable: "claude",
  quiet: { DISABLE_AUTOUPDATER: "1" },
  async prepare() {},
  args: (prompt) => ["-p", prompt, "--allowedTools", "Bash,Read,Edit"],
  read: (path) => ({ name: "Read", args: { file_path: path } }),
  turns: ({ folder }) =>
    takeTurns({
      look: ["sum.test.js", "sum.js"].map((file) => ({
        name: "Read",
        args: { file_path: join(folder, file), limit: 100 },
      })),
      test: bash(runTest),
      edit: {
        name: "Edit",
        args: {
          file_path: join(folder, "sum.js"),
          old_string: bug.wrong,
          new_string: bug.right,
          replace_all: false,
        },
      },
    }),
};

/** Claude Code telling all that it receives, as JSON lines. */
export const claudeCodeInJson: Agent = {
  ...claudeCode,
  args: (prompt) => [...claudeCode.args(prompt), "--output-format", "stream-json", "--verbose"],
};

function codexAgent(edit: Call, shell: (command: string) => Call): Agent {
  return {
    client: "codex",
    executable: "codex",
    quiet: {},
    async prepare() {},
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
    read: (path) => shell(`cat ${path}`),
    turns: () =>
      takeTurns({ look: [shell("cat sum.test.js"), shell("cat sum.js")], test: shell(runTest), edit }),
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
export const codex = codexAgent(execCommand(mend), execCommand);

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

const opencodeShell = (command: string): Call => ({ name: "bash", args: { command, timeout: 60_000 } });

/** opencode, over Chat Completions. */
export const opencode: Agent = {
  client: "opencode",
  executable: "opencode",
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
  args: (prompt) => ["run", "--thinking", prompt],
  read: (path) => ({ name: "read", args: { filePath: path } }),
  turns({ folder }, size) {
    if (size === "small") return takeShellTurns(opencodeShell);
    return takeTurns({
      look: ["sum.test.js", "sum.js"].map((file) => ({
        name: "read",
        args: { filePath: join(folder, file), limit: 100 },
      })),
      test: opencodeShell(runTest),
      edit: {
        name: "edit",
        args: { filePath: join(folder, "sum.js"), oldString: bug.wrong, newString: bug.right },
      },
    });
  },
};
