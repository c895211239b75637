import type { SessionStore } from "./session-store.ts";
import type {
  ChatBody,
  Generation,
  Instance,
  Protocol,
  ScriptedImage,
  ScriptedIncident,
  ScriptedModels,
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
  readonly instance: Instance;
  readonly accessToken: string | undefined;
  readonly pace: number;
  readonly now: () => number;
  readonly sessions: SessionStore;
  readonly usage: UsageLimit;
  readonly jobs: Map<string, ImageJob>;
  /** What the back end offers now; empty while it fails. */
  models: readonly SimulatedModel[];
  /** What the app knows, whatever the back end says. */
  rows: readonly SimulatedModel[];
  database: "up" | "down";
  /** What the list of models is answered with in place of the usual. */
  modelsScript: ScriptedModels | undefined;
  origin: string;
  /** Takes the next queued reply if it replaces the whole reply. `undefined` body: not a proper one. */
  takeEdgeError(body: ChatBody | undefined): ScriptedIncident | undefined;
  /** Takes what happens next on a path other than chat. */
  takeIncident(path: string): ScriptedIncident | undefined;
  /** Takes the next queued reply for this body. */
  takeReply(body: ChatBody): ScriptedReply | undefined;
}
