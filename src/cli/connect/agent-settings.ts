import { join } from "node:path";

import { writeInstructions } from "../../dialects/openai-responses/codex-instructions.ts";
import { homeFolder } from "../../home-folder.ts";
import type { Place } from "../terminal.ts";
import type { Size } from "./client.ts";

/** Where the key is found by clients that read it from the environment. */
export const keyVariable = "AKASHCHAT_API_KEY";

/** What is given to clients for a key when the gateway wants none: many don't start without. */
export const unsetKey = "akashchat";

/**
 * The provider of one launch, for agents that merge what files say of a provider into what they are started with: not
 * the name that `connect` writes, so that no address, key or header of a file reaches the gateway.
 */
export const launchedProvider = "akash-launch";

/** A client's own folder: where its variable says, else the usual place in the user's home. */
export function folderOf({ environment }: Place, variable: string, ...usual: readonly string[]): string {
  const named = environment[variable];
  return named === undefined || named === "" ? join(homeFolder(environment), ...usual) : named;
}

/** How long an answer may get, in tokens: a quarter of what the model holds, the rest is for the prompt. */
export function outputLimit(contextLength: number): number {
  return Math.min(32_000, Math.floor(contextLength / 4));
}

/**
 * Headers for every request of a client, beside those that it sends by itself. The smallest size asks the gateway to
 * shorten old tool results; a gateway that does not know the header ignores it.
 */
export function extraHeaders(size: Size): Readonly<Record<string, string>> {
  return size === "small" ? { "x-history-diet": "on" } : {};
}

/** `entries` if there are any: for settings that should not stand there empty. */
export function unlessEmpty(
  name: string,
  entries: Readonly<Record<string, string>>,
): Readonly<Record<string, Readonly<Record<string, string>>>> {
  return Object.keys(entries).length === 0 ? {} : { [name]: entries };
}

/**
 * A system prompt for agents with tools of their own for reading and editing; `project` is the file of a project's own
 * instructions that the agent reads.
 */
export function promptForEditTools(project = "AGENTS.md"): string {
  return writeInstructions(
    "- Edit with the edit tool: read the file first, give the old text exactly as it stands there, long enough to be unique. Write new files with the write tool.",
    project,
  );
}
