import type { RoutedModel } from "./leg.ts";

/** A model as far as a gate looks at it. */
export type OfferedModel = Pick<RoutedModel, "id" | "aliasOf" | "legs" | "maxOutputTokens">;

/** An answer that is about to be asked for, and what it may cost. */
export interface CallOffer {
  /** What will answer, with all that may. */
  readonly model: OfferedModel;
  /** Tokens of the prompt by the gateway's own count. Takes its time, so it is called only where somebody wants to know. */
  countPrompt(): Promise<number>;
  /** Most tokens that the answer can have; `undefined`: nobody has said. */
  readonly maxOutputTokens: number | undefined;
}

/**
 * Asked before each answer whether the caller may have it, when it is known what it is and nothing of it was asked for. The layers
 * below the server know no keys: they know that there may be a gate.
 */
export interface CallGate {
  /** Rejects with `GatewayError` where the caller may not. */
  enter(offer: CallOffer): Promise<void>;
}
