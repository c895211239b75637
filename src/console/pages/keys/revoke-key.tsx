import { useSignal } from "@preact/signals";

import type { KeyObject } from "../../api/types.ts";
import { listDescendants } from "../../domain/keys.ts";
import { Button } from "../../parts/button.tsx";
import { now } from "../../state/clock.ts";
import { goTo } from "../../state/route.ts";
import { texts } from "../../text/index.ts";
import { revokeKey } from "./key-state.ts";

/** Ends a key, after it was confirmed in place, with the names of all that end with it. */
export function RevokeKey({
  shown,
  keys,
}: {
  readonly shown: KeyObject;
  readonly keys: readonly KeyObject[];
}) {
  const t = texts.value;
  const f = t.keys.form;
  const state = useSignal<"rest" | "asking" | "busy">("rest");
  const failure = useSignal<string | undefined>(undefined);
  const children = listDescendants(shown.id, keys, now.value);

  async function revoke(): Promise<void> {
    state.value = "busy";
    try {
      await revokeKey(shown);
      goTo("keys");
    } catch (error) {
      state.value = "asking";
      failure.value = error instanceof Error ? error.message : String(error);
    }
  }

  if (state.value === "rest")
    return (
      <Button
        kind="danger"
        class="revoke"
        onPress={() => {
          state.value = "asking";
        }}
      >
        {f.revoke}
      </Button>
    );
  return (
    <div class="revoke-ask" role="alertdialog" aria-label={f.revoke}>
      <p>
        {f.revokeAsk(shown.name)}
        {children.length > 0 && ` ${f.revokeChildren(children.map(({ name }) => name).join(", "))}`}
      </p>
      {failure.value !== undefined && <p class="field-error">{failure.value}</p>}
      <div class="actions">
        <Button kind="danger" busy={state.value === "busy"} onPress={() => void revoke()}>
          {f.revoke}
        </Button>
        <Button
          kind="quiet"
          onPress={() => {
            state.value = "rest";
          }}
        >
          {t.common.cancel}
        </Button>
      </div>
    </div>
  );
}
