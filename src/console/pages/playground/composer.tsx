import { useLayoutEffect, useRef } from "preact/hooks";

import { isDue, isRunning } from "../../domain/chat/chat.ts";
import { findErrors } from "../../domain/chat/read-settings.ts";
import { Button } from "../../parts/button.tsx";
import { Icon } from "../../parts/icon.tsx";
import { useEscape } from "../../state/shortcuts.ts";
import { playgroundTexts } from "../../text/playground/index.ts";
import { isDrawer, stopAnswers } from "./ask-answer.ts";
import { chat, isBusy, startCompare } from "./chat-state.ts";
import { readPicture } from "./read-picture.ts";
import { draft, hasWords, sendDraft } from "./say.ts";
import { drawer } from "./view-state.ts";

/** Takes files into what is being typed; gives the name of the first that is no picture. */
export async function attach(files: Iterable<File>): Promise<string | undefined> {
  let refused: string | undefined;
  for (const file of files) {
    const image = await readPicture(file);
    if (image === undefined) refused ??= file.name;
    else draft.value = { ...draft.value, images: [...draft.value.images, image] };
  }
  return refused;
}

/** Where one types: Enter sends, Shift Enter begins a new line, Escape stops. */
export function Composer({
  refused,
  onFiles,
}: {
  readonly refused: string | undefined;
  readonly onFiles: (files: Iterable<File>) => void;
}) {
  const t = playgroundTexts.value;
  const field = useRef<HTMLTextAreaElement>(null);
  const { lanes, settings } = chat.value;
  const isWrong = findErrors(settings).length > 0;
  const busy = isBusy.value;
  const hasDraft = hasWords(draft.value);
  const canSend = !busy && !isWrong && (hasDraft || lanes.some(isDue));
  useEscape(() => stopAnswers(chat.value), busy);
  useLayoutEffect(() => {
    if (matchMedia("(pointer: fine)").matches) field.current?.focus();
  }, [chat.value.id]);
  const send = () => {
    if (canSend) sendDraft();
  };
  const draws = lanes.every(({ model }) => isDrawer(model));
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <DraftImages />
      <textarea
        ref={field}
        rows={1}
        dir="auto"
        aria-label={draws ? t.messageDraw : lanes.length > 1 ? t.messageBoth : t.message}
        placeholder={draws ? t.messageDraw : lanes.length > 1 ? t.messageBoth : t.message}
        value={draft.value.text}
        onInput={(event) => {
          draft.value = { ...draft.value, text: event.currentTarget.value };
        }}
        onKeyDown={(event) => {
          // Who is brought here by a key leaves by one: single keys rest inside of fields.
          if (event.key === "Escape" && !event.isComposing) event.currentTarget.blur();
          // While an input method is at work, Enter is its.
          if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
          event.preventDefault();
          // By an empty field nothing is sent by chance.
          if (hasDraft) send();
        }}
        onPaste={(event) => {
          const files = event.clipboardData?.files ?? [];
          if (files.length === 0) return;
          event.preventDefault();
          onFiles(files);
        }}
      />
      {refused !== undefined && (
        <p class="field-error" role="alert">
          <bdi>{t.notPicture(refused)}</bdi>
        </p>
      )}
      {isWrong && <p class="field-error">{t.settingsWrong}</p>}
      <div class="composer-tools">
        <FileButton onFiles={onFiles} />
        <Button
          kind="quiet"
          class="composer-tool"
          onPress={() => {
            drawer.value = "parameters";
          }}
        >
          {settings.tools.length > 0 && <Icon name="tool" size={14} />}
          {settings.tools.length > 0 ? t.toolCount(settings.tools.length) : t.tools}
        </Button>
        <Button
          kind="quiet"
          class={`composer-tool composer-schema ${settings.schema.trim() === "" ? "" : "is-set"}`}
          onPress={() => {
            drawer.value = "parameters";
          }}
        >
          {t.schema}
        </Button>
        <Button kind="quiet" class="composer-tool compare-narrow" off={busy} onPress={startCompare}>
          {t.compare}
        </Button>
        <span class="composer-hints">
          {busy ? (
            lanes.length > 1 && (
              <span>
                {t.stillAnswers(lanes.filter(({ turns }) => isRunning(turns.at(-1))).length, lanes.length)}
              </span>
            )
          ) : (
            <>
              <span>
                <kbd>Enter</kbd> {t.sendKey}
              </span>
              <span>
                <kbd>Esc</kbd> {t.stopKey}
              </span>
            </>
          )}
        </span>
        {busy ? (
          <Button class="stop-button" onPress={() => stopAnswers(chat.value)}>
            <Icon name="stop" size={14} /> {t.stop} <kbd>Esc</kbd>
          </Button>
        ) : (
          <Button kind="primary" type="submit" off={!canSend}>
            {t.send}
          </Button>
        )}
      </div>
    </form>
  );
}

function FileButton({ onFiles }: { readonly onFiles: (files: Iterable<File>) => void }) {
  const t = playgroundTexts.value;
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button kind="quiet" class="composer-tool" label={t.attach} onPress={() => input.current?.click()}>
        <Icon name="clip" />
      </Button>
      <input
        ref={input}
        type="file"
        class="out-of-sight"
        accept="image/png,image/jpeg,image/webp,image/gif"
        multiple
        tabIndex={-1}
        aria-hidden="true"
        onChange={(event) => {
          onFiles([...(event.currentTarget.files ?? [])]);
          // So the same file can be taken again.
          event.currentTarget.value = "";
        }}
      />
    </>
  );
}

/** The pictures that go along. */
function DraftImages() {
  const t = playgroundTexts.value;
  const { images } = draft.value;
  if (images.length === 0) return null;
  return (
    <ul class="draft-images">
      {images.map((source, index) => (
        <li key={`${index} ${source.length}`}>
          <img src={source} alt={t.picture(index + 1)} />
          <Button
            small
            label={t.takeOut(index + 1)}
            onPress={() => {
              draft.value = { ...draft.value, images: images.filter((_, at) => at !== index) };
            }}
          >
            <Icon name="close" size={12} />
          </Button>
        </li>
      ))}
    </ul>
  );
}
