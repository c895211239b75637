import { batch, computed, signal } from "@preact/signals";

import { ask } from "../api/ask.ts";
import type { AccessObject } from "../api/types.ts";
import { forgetToken, onForgottenElsewhere, token } from "./token.ts";

/** Who the gateway takes us for: `undefined` while it has not said. */
export const access = signal<AccessObject | undefined>(undefined);
/** Whether the gateway knows us: nothing but its address may be asked for before. */
export function isKnown(of: AccessObject | undefined): boolean {
  return of !== undefined && of.caller !== null;
}

/** The token by which it knows us: that which is given now, as soon as it was asked. */
export const knownBy = signal("");
/** Why it could not be asked. */
export const accessFailure = signal<string | undefined>(undefined);

/** Asks who we are. Never rejects. */
export async function askAccess(): Promise<AccessObject | undefined> {
  try {
    const asked = token.value;
    const answer = await ask<AccessObject>("v1/access");
    batch(() => {
      access.value = answer;
      knownBy.value = asked;
      accessFailure.value = undefined;
    });
    return answer;
  } catch (error) {
    accessFailure.value = error instanceof Error ? error.message : String(error);
    return undefined;
  }
}

/** Where the requests are that we may see. */
export const requestsPath = computed(() =>
  access.value?.admin === true ? "admin/v1/requests" : "v1/requests",
);

/** Where the keys are that we may see and make: all of them, or those below ours; `undefined`: none. */
export const keysPath = computed(() => {
  if (access.value?.admin === true) return "admin/v1/keys";
  return access.value?.caller === "key" ? "v1/keys" : undefined;
});

onForgottenElsewhere(() => {
  forgetToken();
  void askAccess();
});
