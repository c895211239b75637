import type { Snippet } from "../../domain/snippet.ts";
import type { Dialect } from "../../domain/test-request.ts";

/** A field of a client's own form; `label` is in the words of the client. */
export interface GuideField {
  readonly label: string;
  readonly value: Snippet;
}

/** Something to set, in the order in which it is done. */
export type GuideStep =
  | { readonly kind: "file"; readonly path: string; readonly code: Snippet }
  /** A file that is the same for everybody. */
  | { readonly kind: "text"; readonly path: string; readonly text: string }
  /** `needs`: it is left out where the gateway has no such model. */
  | { readonly kind: "shell"; readonly code: Snippet; readonly needs?: "imageModel" }
  | { readonly kind: "program"; readonly language: string; readonly code: Snippet }
  /** `where` are the names of what is opened, one after the other. */
  | { readonly kind: "form"; readonly where: readonly string[]; readonly fields: readonly GuideField[] };

/** A name by which a client asks without being told, and one that fits it. */
export interface AskedName {
  readonly pattern: string;
  readonly example: string;
}

/** How one client is pointed at the gateway: what docs/clients.md says under `heading`, which `test/console/guides.test.ts` holds it to. */
export interface Guide {
  /** In the address; where the command line knows the client, its name there. */
  readonly id: string;
  readonly name: string;
  readonly group: "agents" | "apps" | "code";
  readonly heading: string;
  /** The API that it speaks. */
  readonly dialect: Dialect;
  /** `akashchat-api launch` starts it. */
  readonly canLaunch?: true;
  /** `akashchat-api connect … --write` writes its files. */
  readonly canWrite?: true;
  /** Tokens of the first request as `launch` starts it, of agents. */
  readonly firstRequest?: number;
  /** Its maker's servers make the calls. */
  readonly callsFromOutside?: true;
  readonly names: readonly AskedName[];
  readonly steps: readonly GuideStep[];
}

/** Names of Claude models, as Anthropic's clients know them. */
export const claudeNames: readonly AskedName[] = [
  { pattern: "claude-sonnet-*", example: "claude-sonnet-4-5" },
  { pattern: "claude-haiku-*", example: "claude-haiku-4-5" },
  { pattern: "claude-opus-*", example: "claude-opus-4-1" },
];

/** Names of OpenAI's models. */
export const gptNames: readonly AskedName[] = [{ pattern: "gpt-*", example: "gpt-5" }];
