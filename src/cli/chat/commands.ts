/** The commands of a conversation, as `/help` lists them. */
export const commands = {
  model: { takes: "[id]", says: "list the models, or go on with another" },
  image: { takes: "<prompt>", says: "draw a picture into a file" },
  system: { takes: "[text]", says: "show or set the system prompt; /system off removes it" },
  reasoning: { takes: "", says: "show the model's thinking, or hide it again" },
  retry: { takes: "", says: "send the last question again" },
  new: { takes: "", says: "forget the conversation" },
  clear: { takes: "", says: "the same" },
  help: { takes: "", says: "this list" },
  quit: { takes: "", says: "end; Ctrl-D does, too" },
} as const;

/** A name of the table. */
export type CommandName = keyof typeof commands;

function isCommand(name: string): name is CommandName {
  return Object.hasOwn(commands, name);
}

/** What a line asks for: a command, one that does not exist, or nothing but an answer. */
export type ParsedLine =
  | { readonly kind: "message"; readonly text: string }
  | { readonly kind: "command"; readonly name: CommandName; readonly rest: string }
  | { readonly kind: "unknown"; readonly name: string };

/** Reads a line. `/etc/hosts` and `//` are no commands: a name has letters only and ends with the line or a blank. */
export function parseLine(line: string): ParsedLine {
  const match = /^\/([a-z]+)(?:\s+([^]*))?$/i.exec(line.trimEnd());
  if (match === null) return { kind: "message", text: line };
  const name = (match[1] ?? "").toLowerCase();
  if (name === "exit") return { kind: "command", name: "quit", rest: "" };
  return isCommand(name)
    ? { kind: "command", name, rest: (match[2] ?? "").trim() }
    : { kind: "unknown", name };
}

/** What `/help` prints. */
export function describeCommands(): string {
  const rows = Object.entries(commands).map(([name, { takes, says }]) => [`/${name} ${takes}`.trim(), says]);
  const width = Math.max(...rows.map(([usage = ""]) => usage.length));
  return [
    ...rows.map(([usage = "", says]) => `${usage.padEnd(width)}  ${says}`),
    "A line that ends in \\ goes on in the next, and so does an open ``` block. A paste is one message.",
    "Ctrl-C stops an answer and keeps what came. A blank in front of / sends it as it is.",
  ].join("\n");
}

/** What Tab makes of a line: its possible ends, and the part that they replace. */
export function completeLine(line: string, ids: readonly string[]): [string[], string] {
  const model = /^\/model\s+(\S*)$/.exec(line);
  const typed = model?.[1] ?? line;
  const known = model === null ? Object.keys(commands).map((name) => `/${name} `) : ids;
  if (model === null && !line.startsWith("/")) return [[], line];
  const lower = typed.toLowerCase();
  return [known.filter((one) => one.toLowerCase().startsWith(lower)), typed];
}
