/** A chat model as a client's configuration names it. */
export interface TargetModel {
  readonly id: string;
  /** Tokens that prompt and answer share; `undefined` when the gateway does not say. */
  readonly contextLength: number | undefined;
}

/** Where a client shall find the gateway. */
export interface Target {
  /** No trailing slash, without `/v1`. */
  readonly url: string;
  /** The key to send; any text when the gateway wants none. */
  readonly apiKey: string;
  /** The model to use; its id may be an alias. */
  readonly model: TargetModel;
  /** All chat models, the chosen one first. */
  readonly models: readonly TargetModel[];
  /** Id of the model that makes images, when there is one. */
  readonly imageModel: string | undefined;
}

/** How text is brought into a file that may exist already. */
export type ConfigFile =
  | {
      /** An object that is merged into the JSON file, key by key; lists and scalars are replaced. */
      readonly format: "json";
      readonly path: string;
      readonly content: Readonly<Record<string, unknown>>;
    }
  | {
      /** Text that is written only if the file does not exist; otherwise the user pastes it. */
      readonly format: "text";
      readonly path: string;
      readonly content: string;
    };

/** The exact configuration of one client. Paths are absolute or relative to the current folder. */
export interface ClientSetup {
  readonly title: string;
  /** What to do by hand, in order; shown after the file. */
  readonly steps: readonly string[];
  readonly file?: ConfigFile;
  /** Variables to export, for clients that are configured by the environment. */
  readonly environment?: Readonly<Record<string, string>>;
}
