import type { SessionStore } from "./session-store.ts";
import type {
  ChatBody,
  Generation,
  Protocol,
  ScriptedImage,
  ScriptedReply,
  SimulatedModel,
} from "./types.ts";
import type { UsageLimit } from "./usage-limit.ts";

/** An image job and how often it was asked about. */
export interface ImageJob {
  readonly script: ScriptedImage;
  readonly id: string;
  readonly fileName: string;
  polls: number;
}

/** Everything that the simulated app remembers and is configured with. */
export interface World {
  readonly generation: Generation;
  readonly protocol: Protocol;
  readonly accessToken: string | undefined;
  readonly pace: number;
  readonly now: () => number;
  readonly sessions: SessionStore;
  readonly usage: UsageLimit;
  readonly jobs: Map<string, ImageJob>;
  models: readonly SimulatedModel[];
  origin: string;
  /** Takes the first queued reply for this body that `accepts` accepts. */
  takeReply(
    body: ChatBody | undefined,
    accepts: (reply: ScriptedReply) => boolean,
  ): ScriptedReply | undefined;
}
