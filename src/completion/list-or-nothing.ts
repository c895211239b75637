import { toGatewayError } from "../errors.ts";
import type { ModelInfo } from "../model/model-info.ts";

/** A list of models, or none when it can't be had; still rejects when the caller left. */
export async function listOrNothing<Model extends ModelInfo>(
  asking: Promise<readonly Model[]>,
  signal: AbortSignal,
): Promise<readonly Model[]> {
  try {
    return await asking;
  } catch (error) {
    if (signal.aborted || toGatewayError(error).kind === "aborted") throw error;
    return [];
  }
}
