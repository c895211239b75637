import type { ToolDefinition } from "../../model/request.ts";
import type { PlainTool } from "./tool-schema.ts";

/**
 * Tools that OpenAI defined and that the *client* runs: the wire carries only a type, the form of a call is known to both
 * sides. Source: the types `LocalShell`, `FunctionShellTool` and `ApplyPatchTool` of the `openai` package.
 */

/** The wire's type of such a tool; also the name by which the model knows it, where no function has that name. */
export type BuiltInType = "local_shell" | "shell" | "apply_patch";

/** Whether a type is one of these tools. */
export function isBuiltIn(type: unknown): type is BuiltInType {
  return type === "local_shell" || type === "shell" || type === "apply_patch";
}

const timeout = { type: "number", description: "Milliseconds after which it is stopped." };

const localShell: ToolDefinition = {
  name: "local_shell",
  description: "Runs a command on the user's machine and returns its output.",
  parameters: {
    type: "object",
    properties: {
      command: { type: "array", items: { type: "string" }, description: "The program and its arguments." },
      workdir: { type: "string", description: "The directory to run it in." },
      timeout_ms: timeout,
    },
    required: ["command"],
  },
};

const shell: ToolDefinition = {
  name: "shell",
  description:
    "Runs shell commands on the user's machine, each by itself, perhaps at the same time, and returns their output.",
  parameters: {
    type: "object",
    properties: {
      commands: { type: "array", items: { type: "string" }, description: "Whole command lines." },
      timeout_ms: timeout,
      max_output_length: { type: "number", description: "Characters of output to return at most." },
    },
    required: ["commands"],
  },
};

const applyPatch: ToolDefinition = {
  name: "apply_patch",
  description: "Creates, changes or deletes one file.",
  inWords: true,
  parameters: {
    type: "object",
    properties: {
      operation: { type: "string", enum: ["create_file", "update_file", "delete_file"] },
      path: { type: "string", description: "The file, relative to the working directory." },
      diff: {
        type: "string",
        description:
          "Not for delete_file. create_file: every line of the new file with + in front. update_file: one part for each " +
          "place. A part begins with a line @@, or @@ and a line of the file that stands above the place. Then come " +
          "three unchanged lines with a space in front, lines to remove with -, lines to add with +, and three " +
          "unchanged lines. No line numbers.",
      },
    },
    required: ["operation", "path"],
  },
};

/** What the model is told of the skills that the client's shell has. Empty without any. */
export function describeSkills(tool: Extract<PlainTool, { type: "shell" }>): string {
  const skills = tool.environment?.skills ?? [];
  if (skills.length === 0) return "";
  const lines = skills.map(({ name, description, path }) => `- ${name} (${path}): ${description}`);
  return `Skills: before a task of that kind, read SKILL.md in the folder.\n${lines.join("\n")}`;
}

/** What the model is told of such a tool; undefined when it is to run in a container of OpenAI's. */
export function defineBuiltIn(tool: Extract<PlainTool, { type: BuiltInType }>): ToolDefinition | undefined {
  if (tool.type === "local_shell") return localShell;
  if (tool.type === "apply_patch") return applyPatch;
  if (tool.environment !== undefined && tool.environment.type !== "local") return undefined;
  const description = [shell.description, describeSkills(tool)].filter((text) => text !== "").join("\n\n");
  return { ...shell, description };
}
