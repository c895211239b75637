import type { ChatRequest } from "../../model/request.ts";
import type { SchemaWork } from "../schema/schema-work.ts";

/** The part of a request that is about tools. */
export type ToolRequest = Pick<ChatRequest, "tools" | "toolChoice" | "parallelToolCalls">;

/** `stream`: arguments pass while the model writes them. `whole`: each call is checked before its first byte. */
export type ArgumentsMode = "stream" | "whole";

/** What the tool shaper needs to know. */
export interface ToolCallShaperOptions {
  readonly request: ToolRequest;
  /** The upstream's model id: decides which syntax was taught. */
  readonly model: string;
  readonly argumentsMode: ArgumentsMode;
  /** In `whole` mode, too, a call that is cut for its length is given as far as it would have been streamed. Default: no. */
  readonly keepsCut?: boolean;
  /** Makes an id that is unique across conversations. */
  readonly newCallId: () => string;
  /** Default: each schema stands for itself. */
  readonly work?: SchemaWork;
  /** Names of tools that were taught in short: a call that misses their schema is told all. Default: none. */
  readonly shortened?: ReadonlySet<string> | undefined;
  /** Hears of each tool whose schema a call missed. */
  readonly onMisfit?: ((tool: string) => void) | undefined;
}
