import { useSignal } from "@preact/signals";

import { Button } from "../../parts/button.tsx";
import { CopyButton } from "../../parts/copy-button.tsx";
import { Icon } from "../../parts/icon.tsx";
import { hasPage } from "../../state/pages.ts";
import { goTo, route } from "../../state/route.ts";
import { texts } from "../../text/index.ts";
import { made } from "./key-state.ts";
import "../../styles/made-key.css";

/** A key that was just made, until it is closed; closing it uncopied asks once. */
export function MadeKey() {
  const key = made.value;
  // By the key: what was done with one was not done with the next.
  return key === undefined ? null : <Shown key={key.secret} made={key} />;
}

function Shown({ made: key }: { readonly made: NonNullable<typeof made.value> }) {
  const t = texts.value;
  const isCopied = useSignal(false);
  const isAsking = useSignal(false);

  function close(): void {
    if (isCopied.value || isAsking.value) made.value = undefined;
    else isAsking.value = true;
  }

  return (
    <section class="made-key" role="status">
      <header>
        <p>
          <b>{t.keys.ready(key.name)}</b> {t.keys.once}
        </p>
        {isAsking.value ? (
          <div class="actions">
            <span>{t.keys.notCopied}</span>
            <Button small kind="danger" onPress={close}>
              {t.keys.closeAnyway}
            </Button>
            <Button
              small
              onPress={() => {
                isAsking.value = false;
              }}
            >
              {t.keys.keepOpen}
            </Button>
          </div>
        ) : (
          <Button kind="quiet" small label={t.common.close} onPress={close}>
            <Icon name="close" />
          </Button>
        )}
      </header>
      <div class="made-key-row">
        <code class="made-key-secret">{key.secret}</code>
        <div class="actions">
          <CopyButton
            kind="primary"
            text={key.secret}
            label={t.keys.copyKey}
            onCopied={() => {
              isCopied.value = true;
            }}
          />
          {hasPage("connect") && route.value.page !== "connect" && (
            <Button onPress={() => goTo("connect")}>{t.keys.connect}</Button>
          )}
        </div>
      </div>
    </section>
  );
}
