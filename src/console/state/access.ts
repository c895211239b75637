import { signal } from "@preact/signals";

import { ask } from "../api/ask.ts";
import type { AccessObject } from "../api/types.ts";

/** Who the gateway takes us for: `undefined` while it has not said. */
export const access = signal<AccessObject | undefined>(undefined);
/** Why it could not be asked. */
export const accessFailure = signal<string | undefined>(undefined);

/** Asks who we are. Never rejects. */
export async function askAccess(): Promise<AccessObject | undefined> {
  try {
    const answer = await ask<AccessObject>("v1/access");
    access.value = answer;
    accessFailure.value = undefined;
    return answer;
  } catch (error) {
    accessFailure.value = error instanceof Error ? error.message : String(error);
    return undefined;
  }
}
