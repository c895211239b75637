import type { BuiltInType } from "./built-in-tools.ts";
import type { InputItem } from "./input-schema.ts";
import type { ItemStatus, OutputItem } from "./wire.ts";

/** Complete arguments of a call as an object. The model is asked for one; text that is none has no fields. */
function readArguments(text: string): Readonly<Record<string, unknown>> {
  try {
    // `Object` makes one of any value, a bare number or null too.
    return Object(JSON.parse(text)) as Record<string, unknown>;
  } catch {
    return {};
  }
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

/** A command that the model wrote bare. An object that lacks the field, or was cut, holds none that could be run. */
function readBare(text: string): string {
  return text.trimStart().startsWith("{") ? "" : text;
}

/** A command line in one string is split by a shell. */
function toLocalShellAction(text: string): Readonly<Record<string, unknown>> {
  const { command, workdir, timeout_ms } = readArguments(text);
  return {
    type: "exec",
    command: Array.isArray(command)
      ? command.map(String)
      : ["sh", "-c", isText(command) ? command : readBare(text)],
    env: {},
    ...(isText(workdir) ? { working_directory: workdir } : {}),
    ...(typeof timeout_ms === "number" ? { timeout_ms } : {}),
  };
}

function toShellAction(text: string) {
  const { commands, command, timeout_ms, max_output_length } = readArguments(text);
  const given = commands ?? command ?? readBare(text);
  const list: readonly unknown[] = Array.isArray(given) ? given : isText(given) ? [given] : [];
  return {
    commands: list.map(String).filter((line) => line !== ""),
    timeout_ms: typeof timeout_ms === "number" ? timeout_ms : null,
    max_output_length: typeof max_output_length === "number" ? max_output_length : null,
  };
}

/** Lines around a diff in other forms of patches, which models know better. */
const wrapping =
  /^(?:\*\*\* (?:Begin Patch|End Patch|(?:Add|Update|Delete) File: .*)|diff --git .*|(?:new file mode|index) .*|```\w*)$/;
const hunkHead = /^@@ -\d+(?:,\d+)? \+\d+(?:,\d+)? @@ ?/;

function unwrap(text: string): string[] {
  const lines = text.split("\n");
  while (wrapping.test(lines[0] ?? "")) lines.shift();
  if (lines[0]?.startsWith("--- ") === true && lines[1]?.startsWith("+++ ") === true) lines.splice(0, 2);
  // A line end behind the last line is not a line.
  while (lines.length > 0 && (lines.at(-1) === "" || wrapping.test(lines.at(-1) ?? ""))) lines.pop();
  return lines;
}

/** Hunks as V4A has them: found by their text, not by numbers. */
function toHunks(lines: readonly string[]): readonly string[] {
  return lines.map((line) => {
    const head = hunkHead.exec(line)?.[0];
    return head === undefined ? line : `@@ ${line.slice(head.length)}`.trimEnd();
  });
}

/** A new file's lines, each with `+` in front; models forget it at blank lines, or everywhere. */
function toNewLines(lines: readonly string[]): readonly string[] {
  const own = hunkHead.test(lines[0] ?? "") ? lines.slice(1) : lines;
  const isMarked = own.every((line) => line === "" || line.startsWith("+"));
  return own.map((line) => (isMarked && line !== "" ? line : `+${line}`));
}

/** A diff in the form that clients apply: OpenAI's V4A. */
function toDiff(operation: "create_file" | "update_file", text: string): string {
  const lines = unwrap(text);
  return [...(operation === "create_file" ? toNewLines(lines) : toHunks(lines)), ""].join("\n");
}

function toOperation(text: string) {
  const { operation, path, diff } = readArguments(text);
  const file = isText(path) ? path : "";
  if (operation === "delete_file") return { type: operation, path: file };
  const type = operation === "create_file" ? operation : "update_file";
  return { type, path: file, diff: toDiff(type, isText(diff) ? diff : "") };
}

/** A call of a tool that the client runs; `text` is its complete arguments. */
export function toBuiltInCall(
  type: BuiltInType,
  { id, status, callId }: { readonly id: string; readonly status: ItemStatus; readonly callId: string },
  text: string,
): OutputItem {
  const fields = { id, status, call_id: callId };
  if (type === "local_shell")
    return { type: "local_shell_call", ...fields, action: toLocalShellAction(text) };
  if (type === "shell") {
    return { type: "shell_call", ...fields, action: toShellAction(text), environment: { type: "local" } };
  }
  // This item has no status for what was broken off.
  const own = status === "incomplete" ? "in_progress" : status;
  return { type: "apply_patch_call", ...fields, status: own, operation: toOperation(text) };
}

type BuiltInCall = Extract<InputItem, { type: `${BuiltInType}_call` }>;

/** The tool and the arguments behind a call of the history, as the model would have written them. */
export function readBuiltInCall(item: BuiltInCall): {
  readonly type: BuiltInType;
  readonly arguments: string;
} {
  switch (item.type) {
    case "local_shell_call": {
      const { command, working_directory: workdir, timeout_ms } = item.action;
      return { type: "local_shell", arguments: JSON.stringify({ command, workdir, timeout_ms }) };
    }
    case "shell_call": {
      const { commands, timeout_ms, max_output_length } = item.action;
      return { type: "shell", arguments: JSON.stringify({ commands, timeout_ms, max_output_length }) };
    }
    default: {
      const { type, path, diff } = item.operation;
      return { type: "apply_patch", arguments: JSON.stringify({ operation: type, path, diff }) };
    }
  }
}

/** What the commands of a shell call printed, and how each ended. */
export function renderShellOutput(item: Extract<InputItem, { type: "shell_call_output" }>): string {
  if (isText(item.output)) return item.output;
  const several = item.output.length > 1;
  return item.output
    .map(({ stdout, stderr, outcome }, index) => {
      const end = outcome?.type === "timeout" ? "timed out" : `exit code ${outcome?.exit_code ?? "unknown"}`;
      const texts = [
        several ? `Command ${index + 1}:` : "",
        stdout,
        stderr === "" ? "" : `stderr:\n${stderr}`,
      ];
      return [...texts.filter((text) => text !== "").map((text) => text.replace(/\n$/, "")), `(${end})`].join(
        "\n",
      );
    })
    .join("\n\n");
}
