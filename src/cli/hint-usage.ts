/** A command line that the parser of arguments refused, in words of its own. */
export interface WrongUsage {
  /** The kind of the mistake, as commander names it: `commander.unknownOption`. */
  readonly code: string;
  /** What it said. */
  readonly message: string;
  /** What was typed, without the program's name. */
  readonly args: readonly string[];
  /** How this program is started: `npx akashchat-api`. */
  readonly command: string;
}

/** What to type instead, for the mistakes that are likely; else where the help is. One line. */
export function hintUsage({ code, message, args, command }: WrongUsage): string {
  const [name = "", client = ""] = args;
  // One that looks like an option of ours has been told already.
  const isUnknownOption = code === "commander.unknownOption" && !message.includes("Did you mean");
  if (isUnknownOption && name === "launch" && !args.includes("--")) {
    const agent = client === "" || client.startsWith("-") ? "claude-code" : client;
    return `What is meant for the agent comes after --, like this: ${command} launch ${agent} -- -p hello`;
  }
  if (isUnknownOption && (name === "serve" || name === "demo" || name.startsWith("-"))) {
    return `Settings are environment variables, or lines in .env: SERVER_ADDRESS=localhost:8080 (docs/configuration.md has all).`;
  }
  if (code === "commander.excessArguments" && (name === "chat" || name === "image")) {
    return `What has several words wants quotes, like this: ${command} ${name} "${name === "chat" ? "Why is the sky blue?" : "a cat in a spacesuit"}"`;
  }
  if (code === "commander.unknownCommand" && /^(?:check|validate|schema)(?:-config)?$/.test(name)) {
    return `The configuration is checked like this: ${command} config check`;
  }
  return `${[command, ...findHelp(code, args)].join(" ")} --help shows what there is.`;
}

/** The command that the mistake is in, as far as there is one: its options are in its own help. */
function findHelp(code: string, [name = "", below = ""]: readonly string[]): readonly string[] {
  const hasMore = name === "config" || name === "keys";
  if (name === "" || name.startsWith("-")) return [];
  if (code === "commander.unknownCommand") return hasMore ? [name] : [];
  return hasMore && /^[a-z]+$/.test(below) ? [name, below] : [name];
}
