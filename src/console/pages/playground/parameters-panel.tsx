import { useId } from "preact/hooks";

import { writeCount } from "../../domain/figures.ts";
import type { Effort, Settings } from "../../domain/chat/chat.ts";
import { findErrors, guessTokens, type SettingsError } from "../../domain/chat/read-settings.ts";
import { CodeText } from "../../parts/code-text.tsx";
import { Switch } from "../../parts/field.tsx";
import { LinkButton } from "../../parts/link-button.tsx";
import { access } from "../../state/access.ts";
import { texts } from "../../text/index.ts";
import { playgroundTexts } from "../../text/playground/index.ts";
import { changeSettings, chat } from "./chat-state.ts";
import { SettingRow } from "./setting-row.tsx";
import { ToolsPanel } from "./tools-panel.tsx";

const efforts: readonly Effort[] = ["", "none", "low", "medium", "high"];
const exampleSchema = `{
  "type": "object",
  "properties": { "answer": { "type": "string" } },
  "required": ["answer"],
  "additionalProperties": false
}`;

/** What goes with each request of this chat. */
export function ParametersPanel() {
  const t = playgroundTexts.value;
  const { settings } = chat.value;
  const errors = findErrors(settings);
  return (
    <>
      <SystemPrompt settings={settings} />
      <section class="drawer-section sampling">
        <NumberRow name="temperature" label={t.temperature} hint={t.ownValue} errors={errors} />
        <NumberRow name="topP" label={t.topP} hint={t.ownValue} errors={errors} />
        <NumberRow name="maxTokens" label={t.maxTokens} hint={t.noLimit} errors={errors} />
        <NumberRow name="stop" label={t.stopAt} hint={t.none} errors={errors} />
        <SettingRow label={t.thinking}>
          {(id) => (
            <select
              id={id}
              value={settings.thinking}
              onChange={(event) => {
                const thinking = efforts.find((one) => one === event.currentTarget.value);
                if (thinking !== undefined) changeSettings({ thinking });
              }}
            >
              {efforts.map((effort) => (
                <option key={effort} value={effort}>
                  {t.efforts[effort]}
                </option>
              ))}
            </select>
          )}
        </SettingRow>
      </section>
      <ToolsPanel settings={settings} />
      <SchemaPanel settings={settings} isWrong={errors.includes("schema")} />
      <TracePanel settings={settings} />
    </>
  );
}

function NumberRow(props: {
  readonly name: "temperature" | "topP" | "maxTokens" | "stop";
  readonly label: string;
  readonly hint: string;
  readonly errors: readonly SettingsError[];
}) {
  const { name, label, hint, errors } = props;
  const wrong = errors.find((error) => error === name);
  return (
    <>
      <SettingRow label={label}>
        {(id) => (
          <input
            id={id}
            value={chat.value.settings[name]}
            placeholder={hint}
            inputMode={name === "stop" ? "text" : "decimal"}
            autocomplete="off"
            spellcheck={false}
            aria-invalid={wrong !== undefined}
            onInput={(event) => changeSettings({ [name]: event.currentTarget.value })}
          />
        )}
      </SettingRow>
      {wrong !== undefined && <p class="field-error">{playgroundTexts.value.wrong[wrong]}</p>}
    </>
  );
}

function SystemPrompt({ settings }: { readonly settings: Settings }) {
  const t = playgroundTexts.value;
  const id = useId();
  const tokens = guessTokens(settings.system);
  return (
    <section class="drawer-section">
      <div class="drawer-head drawer-head-quiet">
        <label for={id}>{t.system}</label>
        {tokens > 0 && <span>{t.aboutTokens(writeCount(tokens, texts.value.locale))}</span>}
      </div>
      <textarea
        id={id}
        rows={2}
        dir="auto"
        value={settings.system}
        onInput={(event) => changeSettings({ system: event.currentTarget.value })}
      />
    </section>
  );
}

function SchemaPanel({ settings, isWrong }: { readonly settings: Settings; readonly isWrong: boolean }) {
  const t = playgroundTexts.value;
  const isFree = settings.schema === "";
  return (
    <section class="drawer-section">
      <div class="drawer-head">
        <h2>{t.format}</h2>
        <LinkButton onPress={() => changeSettings({ schema: isFree ? exampleSchema : "" })}>
          {isFree ? t.addSchema : t.takeSchemaOut}
        </LinkButton>
      </div>
      {isFree ? (
        <p class="note">{t.freeText}</p>
      ) : (
        <textarea
          class="mono"
          rows={6}
          spellcheck={false}
          aria-label={t.schema}
          aria-invalid={isWrong}
          value={settings.schema}
          onInput={(event) => changeSettings({ schema: event.currentTarget.value })}
        />
      )}
      {isWrong && <p class="field-error">{t.wrong.schema}</p>}
    </section>
  );
}

function TracePanel({ settings }: { readonly settings: Settings }) {
  const t = playgroundTexts.value;
  const mayTrace = access.value?.admin === true;
  return (
    <section class="drawer-section trace-switch">
      {mayTrace ? (
        <>
          <Switch label={t.trace} isOn={settings.trace} onChange={(trace) => changeSettings({ trace })} />
          <p class="note">{t.traceHint}</p>
        </>
      ) : (
        <>
          <h2>{t.trace}</h2>
          <p class="note">
            <CodeText text={t.traceNot} />
          </p>
        </>
      )}
    </section>
  );
}
