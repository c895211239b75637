import { signal, useSignal } from "@preact/signals";

import { isToken } from "../domain/is-token.ts";
import { Button } from "../parts/button.tsx";
import { Field } from "../parts/field.tsx";
import { access, accessFailure, askAccess, isKnown } from "../state/access.ts";
import { useNoKeys } from "../state/shortcuts.ts";
import { forgetToken, keepToken, token } from "../state/token.ts";
import { texts } from "../text/index.ts";
import { GateFailure } from "./gate-failure.tsx";

/** Whether somebody whom the gateway knows wants to give another token. */
export const gateIsOpen = signal(false);

/** Asks for a token, and says what the gateway made of it. */
export function TokenGate() {
  const t = texts.value.gate;
  const typed = useSignal("");
  const remember = useSignal(false);
  const isBusy = useSignal(false);
  const isNone = useSignal(false);
  useNoKeys();
  const isRefused = token.value !== "" && access.value?.caller === null;

  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    const value = typed.value.trim();
    if (value === "") return;
    isNone.value = !isToken(value);
    if (isNone.value) return;
    isBusy.value = true;
    keepToken(value, remember.value);
    const answer = await askAccess();
    isBusy.value = false;
    if (isKnown(answer)) gateIsOpen.value = false;
  }

  if (accessFailure.value !== undefined) return <GateFailure />;
  return (
    <main class="gate">
      <form class="panel gate-panel" onSubmit={(event) => void submit(event)}>
        <h1>{t.title}</h1>
        <p>{t.hint}</p>
        <Field
          label={t.token}
          secret
          mono
          required
          autoFocus
          value={typed.value}
          error={
            isNone.value
              ? t.noToken
              : isRefused && !isBusy.value
                ? `${t.refused} ${access.value?.reason ?? ""}`
                : undefined
          }
          onInput={(value) => {
            typed.value = value;
          }}
        />
        <label class="check">
          <input
            type="checkbox"
            checked={remember.value}
            onChange={(event) => {
              remember.value = event.currentTarget.checked;
            }}
          />
          {t.remember}
        </label>
        <div class="actions">
          <Button kind="primary" type="submit" busy={isBusy.value}>
            {t.open}
          </Button>
          {gateIsOpen.value && (
            <Button
              kind="quiet"
              onPress={() => {
                gateIsOpen.value = false;
                if (isRefused) forgetToken();
                void askAccess();
              }}
            >
              {texts.value.common.cancel}
            </Button>
          )}
        </div>
        <details>
          <summary>{t.where}</summary>
          <p>{t.whereText}</p>
        </details>
      </form>
    </main>
  );
}
