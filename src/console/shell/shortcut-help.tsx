import { Fragment } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

import { Button } from "../parts/button.tsx";
import { Switch } from "../parts/field.tsx";
import { Icon } from "../parts/icon.tsx";
import { shortcuts } from "../state/preferences.ts";
import { pageHelp, sheet } from "../state/shortcuts.ts";
import { texts } from "../text/index.ts";

function close(): void {
  if (sheet.value === "help") sheet.value = undefined;
}

/** The keys that do something, and the switch that puts single ones to rest. */
export function ShortcutHelp() {
  const t = texts.value;
  const dialog = useRef<HTMLDialogElement>(null);
  const isOpen = sheet.value === "help";
  useLayoutEffect(() => {
    // Where the focus was, the dialog itself brings it back to.
    if (isOpen) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isOpen]);
  return (
    <dialog
      ref={dialog}
      class="sheet"
      aria-labelledby="help-title"
      onClose={({ currentTarget }) => {
        // It is told later, when it may be open anew.
        if (!currentTarget.open) close();
      }}
    >
      <header class="panel-head">
        <h2 id="help-title">{t.help.title}</h2>
        <div class="panel-aside">
          <Button kind="quiet" small label={t.common.close} onPress={close}>
            <Icon name="close" />
          </Button>
        </div>
      </header>
      <dl class="key-list">
        <dt>
          <kbd>1</kbd> – <kbd>5</kbd>
        </dt>
        <dd>{t.help.pages}</dd>
        {!pageHelp.value.some(({ keys }) => keys.includes("/")) && (
          <>
            <dt>
              <kbd>/</kbd>
            </dt>
            <dd>{t.help.jump}</dd>
          </>
        )}
        {pageHelp.value.map(({ keys, text }) => (
          <Fragment key={text}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{text}</dd>
          </Fragment>
        ))}
        <dt>
          <kbd>Esc</kbd>
        </dt>
        <dd>{t.help.back}</dd>
        <dt>
          <kbd>?</kbd>
        </dt>
        <dd>{t.help.list}</dd>
      </dl>
      <Switch
        label={t.help.off}
        isOn={shortcuts.value === "on"}
        onChange={(isOn) => {
          shortcuts.value = isOn ? "on" : "off";
        }}
      />
    </dialog>
  );
}
