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
  /** The tools were offered to the model by its server, and no way to write a call was taught. Default: no. */
  readonly native?: boolean;
  /** Ids that calls of this answer have; those of native calls are added. All turns of one answer share them. Default: none. */
  readonly usedCallIds?: Set<string> | undefined;
  /** Default: each schema stands for itself. */
  readonly work?: SchemaWork;
  /** Names of tools that were taught in short: a call that misses their schema is told all. Default: none. */
  readonly shortened?: ReadonlySet<string> | undefined;
  /** Hears of each tool whose schema a call missed. */
  readonly onMisfit?: ((tool: string) => void) | undefined;
}
