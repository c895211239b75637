import { useSignal } from "@preact/signals";

import type { StatusObject } from "../../api/types.ts";
import { emptyDraft } from "../../domain/key-draft.ts";
import { Button } from "../../parts/button.tsx";
import { Choice, Field } from "../../parts/field.tsx";
import { Retry } from "../../parts/retry.tsx";
import { keysPath } from "../../state/access.ts";
import { connectTexts } from "../../text/connect.ts";
import { texts } from "../../text/index.ts";
import { createKey, keys, readKeys } from "../keys/key-state.ts";
import {
  chosenKey,
  chosenModel,
  findModel,
  guide,
  keyChoice,
  keyChoices,
  listChats,
  pasted,
  typedAddress,
} from "./connection.ts";
import { readAddress } from "./read-address.ts";

/** Address, key and model, which fill in all that is below. */
export function GuideSettings({ gateway }: { readonly gateway: StatusObject }) {
  const t = connectTexts.value;
  const address = typedAddress.value ?? gateway.base_url;
  const model = findModel(gateway);
  return (
    <>
      <div class="guide-fields">
        <Field
          label={t.address}
          mono
          value={address}
          error={readAddress(address) === undefined ? t.addressWrong : undefined}
          onInput={(text) => {
            typedAddress.value = text;
          }}
        />
        <Choice
          label={t.key}
          value={keyChoice.value.id}
          options={keyChoices.value.map(({ id, name }) => ({
            value: id,
            text: name ?? t.keyChoices[id] ?? id,
          }))}
          onChange={(id) => {
            chosenKey.value = id;
          }}
        />
        <Choice
          label={t.model}
          value={model?.id ?? ""}
          options={
            model === undefined
              ? [{ value: "", text: t.noModel }]
              : listChats(gateway).map(({ id }) => ({ value: id, text: id }))
          }
          onChange={(id) => {
            chosenModel.value = id;
          }}
        />
      </div>
      {keys.value.kind === "failed" && keysPath.value !== undefined && (
        <div class="guide-note" role="status">
          {texts.value.keys.failed}: {keys.value.message}
          <Retry nextTry={keys.value.nextTry} onPress={() => void readKeys()} />
        </div>
      )}
      {keyChoice.value.id === "paste" && <KeyMaker />}
      {model !== undefined && model.context_length === null && <p class="guide-note">{t.contextUnknown}</p>}
    </>
  );
}

/** A key is pasted, or made. */
function KeyMaker() {
  const t = connectTexts.value;
  const isBusy = useSignal(false);
  const failure = useSignal<string | undefined>(undefined);
  const name = guide.value.id;

  async function make(): Promise<void> {
    isBusy.value = true;
    failure.value = undefined;
    try {
      chosenKey.value = await createKey({ ...emptyDraft, name });
    } catch (error) {
      failure.value = error instanceof Error ? error.message : String(error);
    } finally {
      isBusy.value = false;
    }
  }

  return (
    <div class="key-maker">
      <Field
        label={t.pasteLabel}
        secret
        mono
        value={pasted.value}
        placeholder="akc-…"
        onInput={(text) => {
          pasted.value = text.trim();
        }}
      />
      {keysPath.value !== undefined && (
        <Button busy={isBusy.value} onPress={() => void make()}>
          {t.newKey}
        </Button>
      )}
      <p class="guide-hint">
        {t.pasteHint} {keysPath.value !== undefined && t.newKeyFor(name)}
      </p>
      {failure.value !== undefined && (
        <p class="field-error" role="alert">
          {failure.value}
        </p>
      )}
    </div>
  );
}
