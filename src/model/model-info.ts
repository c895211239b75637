/** Tokens of a model's context that Akash Chat keeps free for the answer: a prompt that reaches into them is refused. */
export const keptForAnswer = 1000;

/** What is known of a model that the upstream offers now. */
export interface ModelInfo {
  readonly id: string;
  /** The model's own id, where `id` is another name for it (`MODEL_ALIASES`). */
  readonly aliasOf?: string;
  /** `image`: answers with pictures (AkashGen). */
  readonly kind: "chat" | "image";
  /** What the upstream's own back end calls it, where that is another id; clients may give it, too. */
  readonly backEndId?: string;
  /** `id` is the back end's, because the usual one is not known at the moment. */
  readonly raw?: true;
  readonly name?: string;
  readonly description?: string;
  readonly ownedBy?: string;
  /** Tokens that prompt and answer share; `undefined` when the upstream does not say. */
  readonly contextLength?: number;
  /** The model's own defaults. */
  readonly temperature?: number;
  readonly topP?: number;
}
