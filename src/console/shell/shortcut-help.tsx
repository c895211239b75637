import { Fragment } from "preact";

import { Button } from "../parts/button.tsx";
import { Switch } from "../parts/field.tsx";
import { Icon } from "../parts/icon.tsx";
import { shortcuts } from "../state/preferences.ts";
import { pageHelp } from "../state/shortcuts.ts";
import { texts } from "../text/index.ts";
import { closeSheet, Sheet } from "./sheet.tsx";

/** The keys that do something, and the switch that puts single ones to rest. */
export function ShortcutHelp() {
  const t = texts.value;
  return (
    <Sheet name="help" label={t.help.title}>
      <header class="panel-head">
        <h2>{t.help.title}</h2>
        <div class="panel-aside">
          <Button kind="quiet" small label={t.common.close} onPress={() => closeSheet("help")}>
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
    </Sheet>
  );
}
