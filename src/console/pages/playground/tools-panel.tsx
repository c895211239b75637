import { useSignal } from "@preact/signals";

import type { Settings, ToolDraft } from "../../domain/chat/chat.ts";
import { isToolName, listParameters, readObject } from "../../domain/chat/read-settings.ts";
import { Button } from "../../parts/button.tsx";
import { Field } from "../../parts/field.tsx";
import { LinkButton } from "../../parts/link-button.tsx";
import { texts } from "../../text/index.ts";
import { playgroundTexts } from "../../text/playground/index.ts";
import { changeSettings } from "./chat-state.ts";
import { SettingRow } from "./setting-row.tsx";

const newTool: ToolDraft = {
  name: "",
  description: "",
  parameters: `{
  "type": "object",
  "properties": { "city": { "type": "string" } },
  "required": ["city"]
}`,
};

const choices = ["auto", "none", "required"] as const;

/** The tools that the model is offered, and which of them it shall call. */
export function ToolsPanel({ settings }: { readonly settings: Settings }) {
  const t = playgroundTexts.value;
  const { tools } = settings;
  /** The place of the tool that is edited; behind the last: a new one. */
  const edited = useSignal<number | undefined>(undefined);
  const close = () => {
    edited.value = undefined;
  };
  const put = (next: readonly ToolDraft[]) => {
    const isKnown = next.some(({ name }) => settings.toolChoice === `:${name}`);
    const keepsChoice = !settings.toolChoice.startsWith(":") || isKnown;
    changeSettings({ tools: next, ...(keepsChoice ? {} : { toolChoice: "auto" }) });
    close();
  };
  const form = (place: number) => (
    <ToolForm
      key={place}
      tool={tools[place]}
      others={tools.filter((_, at) => at !== place).map(({ name }) => name)}
      onSave={(tool) => put([...tools.slice(0, place), tool, ...tools.slice(place + 1)])}
      onDelete={() => put(tools.filter((_, at) => at !== place))}
      onCancel={close}
    />
  );
  return (
    <section class="drawer-section">
      <div class="drawer-head">
        <h2>{t.tools}</h2>
        <LinkButton
          onPress={() => {
            edited.value = tools.length;
          }}
        >
          {t.declare}
        </LinkButton>
      </div>
      {tools.map((tool, place) =>
        edited.value === place ? (
          form(place)
        ) : (
          <button
            key={tool.name}
            type="button"
            class="tool-declared"
            title={t.editTool(tool.name)}
            onClick={() => {
              edited.value = place;
            }}
          >
            <b>{tool.name}</b>({listParameters(tool).join(", ")})<span>{tool.description}</span>
          </button>
        ),
      )}
      {edited.value === tools.length && form(tools.length)}
      {tools.length > 0 && (
        <SettingRow label={t.choice}>
          {(id) => (
            <select
              id={id}
              value={settings.toolChoice}
              onChange={(event) => changeSettings({ toolChoice: event.currentTarget.value })}
            >
              {choices.map((choice) => (
                <option key={choice} value={choice}>
                  {t.choices[choice]}
                </option>
              ))}
              {tools.map(({ name }) => (
                <option key={name} value={`:${name}`}>
                  {name}
                </option>
              ))}
            </select>
          )}
        </SettingRow>
      )}
    </section>
  );
}

function ToolForm(props: {
  readonly tool: ToolDraft | undefined;
  readonly others: readonly string[];
  readonly onSave: (tool: ToolDraft) => void;
  readonly onDelete: () => void;
  readonly onCancel: () => void;
}) {
  const t = playgroundTexts.value;
  const draft = useSignal(props.tool ?? newTool);
  const isTried = useSignal(false);
  const { name, description, parameters } = draft.value;
  const nameIsWrong = !isToolName(name) || props.others.includes(name);
  const schemaIsWrong = readObject(parameters) === undefined;
  const set = (change: Partial<ToolDraft>) => {
    draft.value = { ...draft.value, ...change };
  };
  return (
    <form
      class="tool-form"
      onSubmit={(event) => {
        event.preventDefault();
        isTried.value = true;
        if (!nameIsWrong && !schemaIsWrong) props.onSave(draft.value);
      }}
    >
      <Field
        label={t.toolName}
        mono
        value={name}
        placeholder="get_weather"
        error={isTried.value && nameIsWrong ? t.toolNameWrong : undefined}
        onInput={(value) => set({ name: value.trim() })}
      />
      <Field label={t.toolDescription} value={description} onInput={(value) => set({ description: value })} />
      <label class="field">
        <span>{t.toolParameters}</span>
        <textarea
          class="mono"
          rows={5}
          spellcheck={false}
          value={parameters}
          aria-invalid={schemaIsWrong}
          onInput={(event) => set({ parameters: event.currentTarget.value })}
        />
      </label>
      {schemaIsWrong && <p class="field-error">{t.wrong.schema}</p>}
      <div class="actions">
        <Button small type="submit">
          {props.tool === undefined ? t.declareTool : t.save}
        </Button>
        {props.tool !== undefined && (
          <Button small kind="danger" onPress={props.onDelete}>
            {t.delete}
          </Button>
        )}
        <Button small kind="quiet" onPress={props.onCancel}>
          {texts.value.common.cancel}
        </Button>
      </div>
    </form>
  );
}
