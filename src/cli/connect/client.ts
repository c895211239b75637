import type { Place } from "../terminal.ts";
import type { formats } from "./formats/index.ts";
import type { JsonObject } from "./merge-json.ts";

/** A chat model as a client's configuration names it. */
export interface TargetModel {
  readonly id: string;
  /** Tokens that prompt and answer share; `undefined` when the gateway does not say. */
  readonly contextLength: number | undefined;
  /** When `id` is an alias: the id of the model that it stands for. */
  readonly standsFor?: string;
  /** The upstreams that have it, where the gateway says. */
  readonly upstreams?: readonly string[];
}

/** What the gateway is called in clients: by Akash Chat where that is one of its upstreams, else by itself. */
export type ProviderName = "Akash Chat" | "akashchat-api";

/** Where a client shall find the gateway. */
export interface Target {
  /** No trailing slash, without `/v1`. */
  readonly url: string;
  /** The key to send; any text when the gateway wants none. */
  readonly apiKey: string;
  readonly providerName: ProviderName;
  /** The model to use; its id may be an alias. */
  readonly model: TargetModel;
  /** All chat models, the chosen one first. */
  readonly models: readonly TargetModel[];
  /** Id of the model that makes images, when there is one. */
  readonly imageModel: string | undefined;
  /** Whether the gateway's model list has an entry for `model` in Codex's own form. */
  readonly codexCatalogue: boolean;
}

/**
 * How much an agent sends with every request. `default`: a short prompt of ours and the tools that a task needs,
 * with the project's own instructions (CLAUDE.md, AGENTS.md); `small`: the least that works; `full`: the agent's own
 * prompt and tools.
 */
export type Size = "small" | "default" | "full";

/** Every size. */
export const sizes: readonly Size[] = ["small", "default", "full"];

/** How text is brought into a file that may exist already. */
export type ConfigFile =
  | {
      /** In a file that has this text `connect` has written before: what another size has there is taken back. */
      readonly mark: string;
      readonly format: keyof typeof formats;
      readonly path: string;
      /** What is merged into the file, whose comments and layout stay; see `mergeJson`. */
      readonly content: JsonObject;
      /** What the file must have besides, unless it has something of that name. */
      readonly defaults?: JsonObject;
      /** Which entries of lists are ours and may be replaced. Default: all, where `content` has a list. */
      readonly owns?: (entry: JsonObject) => boolean;
    }
  | {
      /** A file that begins so was written by `connect` and is replaced; any other stays. */
      readonly mark: string;
      /** The file's whole text. */
      readonly format: "text";
      readonly path: string;
      readonly content: string;
    };

/** The exact configuration of one client. Paths are absolute or relative to the current folder. */
export interface ClientSetup {
  /** What to do by hand, in order; shown after the files. */
  readonly steps: readonly string[];
  readonly files?: readonly ConfigFile[];
  /** Variables to export, for clients that are configured by the environment. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** What points a program at the gateway for one run. */
export interface Start {
  /** Arguments that come before the user's own. */
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Files to write into the folder of this run before the start; a name may have folders in it. */
  readonly files?: readonly { readonly name: string; readonly content: string }[];
}

/** The program of a coding agent. */
export interface Program {
  readonly command: string;
  /** Its npm package. */
  readonly package: string;
  /** `folder` is a folder of this run alone, removed after it; `place` is where the user's own are found. */
  start(target: Target, size: Size, folder: string, place: Place): Start;
}

/** A client that this project can configure: one file in `clients/`, one line in `clients.ts`, one section in docs/clients.md. */
export interface Client {
  readonly title: string;
  /** `place` is where the user's files are found. */
  setup(target: Target, size: Size, place: Place): ClientSetup;
  /** For what `launch` can start. */
  readonly program?: Program;
  /** What the user should know about how this target was set up. */
  notes?(target: Target): readonly string[];
}
