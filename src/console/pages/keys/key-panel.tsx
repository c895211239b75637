import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";

import { AskError } from "../../api/ask.ts";
import type { KeyObject } from "../../api/types.ts";
import { emptyDraft, type KeyDraft, toDraft } from "../../domain/key-draft.ts";
import { findFull } from "../../domain/keys.ts";
import { Badge } from "../../parts/badge.tsx";
import { Button } from "../../parts/button.tsx";
import { Icon } from "../../parts/icon.tsx";
import { hasPage } from "../../state/pages.ts";
import { goTo } from "../../state/route.ts";
import { useEscape } from "../../state/shortcuts.ts";
import { texts } from "../../text/index.ts";
import { KeyFields } from "./key-fields.tsx";
import { changeKey, createKey, type KnownKeys } from "./key-state.ts";
import { KeyTrouble } from "./key-trouble.tsx";
import { RevokeKey } from "./revoke-key.tsx";

/** What a panel is of: a key, or one that is to be made. */
export interface KeyPanelProps {
  readonly shown?: KeyObject;
  readonly found: KnownKeys;
}

const close = () => goTo("keys");

/** A key's form beside the table. */
export function KeyPanel({ shown, found }: KeyPanelProps) {
  const t = texts.value;
  const f = t.keys.form;
  const draft = useSignal<KeyDraft>(shown === undefined ? emptyDraft : toDraft(shown));
  const failure = useSignal<AskError | undefined>(undefined);
  const state = useSignal<"rest" | "busy" | "saved">("rest");
  const panel = useRef<HTMLElement>(null);
  useEscape(close);
  // On a narrow screen it stands below the table.
  useLayoutEffect(() => panel.current?.scrollIntoView({ block: "nearest" }), []);

  async function save(event: Event): Promise<void> {
    event.preventDefault();
    state.value = "busy";
    failure.value = undefined;
    try {
      if (shown === undefined) goTo("keys", { selected: await createKey(draft.value) });
      else await changeKey(shown, draft.value);
      state.value = "saved";
    } catch (error) {
      state.value = "rest";
      failure.value = error instanceof AskError ? error : new AskError(0, String(error));
    }
  }

  return (
    <section class="panel key-panel" ref={panel} aria-labelledby="key-title">
      <header class="panel-head">
        <h2 id="key-title">{shown?.name ?? f.newTitle}</h2>
        {shown !== undefined && findFull(shown).length > 0 && <Badge kind="red">{t.keys.overLimit}</Badge>}
        <div class="panel-aside">
          <Button kind="quiet" small label={t.common.close} onPress={close}>
            <Icon name="close" />
          </Button>
        </div>
      </header>
      {shown !== undefined && <KeyTrouble shown={shown} hours={found.use?.hours ?? []} />}
      <form onSubmit={(event) => void save(event)}>
        <KeyFields
          draft={draft.value}
          isNew={shown === undefined}
          failure={failure.value}
          onChange={(change) => {
            draft.value = { ...draft.value, ...change };
            state.value = "rest";
          }}
        />
        <footer class="key-actions">
          <Button kind="primary" type="submit" busy={state.value === "busy"}>
            {shown === undefined ? f.create : state.value === "saved" ? f.saved : f.save}
          </Button>
          {shown !== undefined && hasPage("requests") && (
            <Button kind="quiet" onPress={() => goTo("requests", { key: shown.id })}>
              {f.requests}
            </Button>
          )}
          {shown !== undefined && <RevokeKey shown={shown} keys={found.keys} />}
        </footer>
      </form>
    </section>
  );
}
