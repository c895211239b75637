import { join } from "node:path";

import { runTest, takeShellTurns, takeTurns, type Agent } from "./agent.ts";
import { bug } from "./create-task.ts";
import type { Call } from "./render-call.ts";

// Agents that only `npm run test:agents -- --all` installs and runs.

const copilotShell = (command: string): Call => ({
  name: "bash",
  args: { command, description: "Run a command", initial_wait: 60 },
});

/** GitHub's Copilot CLI, over Chat Completions. */
export const copilot: Agent = {
  client: "copilot",
  executable: "copilot",
  quiet: { COPILOT_AUTO_UPDATE: "false" },
  async prepare() {},
  args: (prompt) => ["-p", prompt, "--allow-all-tools"],
  read: (path) => ({ name: "view", args: { path } }),
  turns({ folder }, size) {
    if (size === "small") return takeShellTurns(copilotShell);
    return takeTurns({
      look: ["sum.test.js", "sum.js"].map((file) => copilot.read(join(folder, file))),
      test: copilotShell(runTest),
      edit: {
        name: "edit",
        args: { path: join(folder, "sum.js"), old_str: bug.wrong, new_str: bug.right },
      },
    });
  },
};

const piShell = (command: string): Call => ({ name: "bash", args: { command, timeout: 60 } });

/** pi, over Chat Completions. */
export const pi: Agent = {
  client: "pi",
  executable: "pi",
  quiet: { PI_OFFLINE: "1" },
  async prepare() {},
  args: (prompt) => ["-p", prompt],
  read: (path) => ({ name: "read", args: { path } }),
  turns(_task, size) {
    if (size === "small") return takeShellTurns(piShell);
    return takeTurns({
      look: ["sum.test.js", "sum.js"].map((file) => pi.read(file)),
      test: piShell(runTest),
      edit: {
        name: "edit",
        args: { path: "sum.js", edits: [{ oldText: bug.wrong, newText: bug.right }] },
      },
    });
  },
};

const qwenShell = (command: string): Call => ({
  name: "run_shell_command",
  args: { command, is_background: false },
});

/** qwen-code, over Chat Completions. */
export const qwenCode: Agent = {
  client: "qwen-code",
  executable: "qwen",
  quiet: { QWEN_CODE_SUPPRESS_YOLO_WARNING: "1" },
  async prepare() {},
  args: (prompt) => ["--yolo", prompt],
  read: (path) => ({ name: "read_file", args: { file_path: path } }),
  turns({ folder }) {
    return takeTurns({
      look: ["sum.test.js", "sum.js"].map((file) => qwenCode.read(join(folder, file))),
      test: qwenShell(runTest),
      edit: {
        name: "edit",
        args: { file_path: join(folder, "sum.js"), old_string: bug.wrong, new_string: bug.right },
      },
    });
  },
};

const geminiShell = (command: string): Call => ({ name: "run_shell_command", args: { command } });

/** Gemini CLI, over Google's own API. */
export const geminiCli: Agent = {
  client: "gemini-cli",
  executable: "gemini",
  quiet: { GEMINI_CLI_TRUST_WORKSPACE: "true" },
  async prepare() {},
  args: (prompt) => ["--yolo", "--prompt", prompt],
  read: (path) => ({ name: "read_file", args: { file_path: path } }),
  turns({ folder }, size) {
    if (size === "small") return takeShellTurns(geminiShell);
    return takeTurns({
      look: ["sum.test.js", "sum.js"].map((file) => geminiCli.read(join(folder, file))),
      test: geminiShell(runTest),
      edit: {
        name: "replace",
        args: {
          file_path: join(folder, "sum.js"),
          instruction: "Mend the sign.",
          old_string: bug.wrong,
          new_string: bug.right,
          allow_multiple: false,
        },
      },
    });
  },
};

const clineShell = (command: string): Call => ({ name: "run_commands", args: { commands: [command] } });

/** Cline's program, over Chat Completions. */
export const cline: Agent = {
  client: "cline",
  executable: "cline",
  quiet: {},
  // One request of its telemetry, which goes out before it has read that it is switched off.
  asks: /^CONNECT data\.cline\.bot:443 /,
  async prepare() {},
  args: (prompt) => [prompt],
  read: (path) => ({ name: "read_files", args: { files: [{ path }] } }),
  turns({ folder }, size) {
    if (size === "small") return takeShellTurns(clineShell);
    return takeTurns({
      look: ["sum.test.js", "sum.js"].map((file) => cline.read(join(folder, file))),
      test: clineShell(runTest),
      edit: {
        name: "editor",
        args: { path: join(folder, "sum.js"), old_text: bug.wrong, new_text: bug.right },
      },
    });
  },
};
