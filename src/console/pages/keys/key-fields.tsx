import type { AskError } from "../../api/ask.ts";
import type { KeyDraft } from "../../domain/key-draft.ts";
import { Choice, Field, Switch } from "../../parts/field.tsx";
import { access } from "../../state/access.ts";
import { texts } from "../../text/index.ts";

/** The fields of a key. */
export interface KeyFieldsProps {
  readonly draft: KeyDraft;
  readonly isNew: boolean;
  /** What the gateway said of it. */
  readonly failure: AskError | undefined;
  readonly onChange: (change: Partial<KeyDraft>) => void;
}

const periods = ["hour", "day", "week", "month", "total"] as const;
/** Fields of the API that have a field here, by how their names begin. */
const shownFields = [
  "name",
  "models",
  "tokens_per_day",
  "requests_per_minute",
  "concurrency",
  "expires_at",
  "budget",
];

/** What a key may, how much, and until when. */
export function KeyFields({ draft, isNew, failure, onChange }: KeyFieldsProps) {
  const t = texts.value.keys;
  const f = t.form;
  const wrong = (name: string) => (failure?.param?.startsWith(name) === true ? failure.message : undefined);
  const isNamed = shownFields.some((name) => wrong(name) !== undefined);
  return (
    <div class="key-fields">
      <Field
        label={f.name}
        value={draft.name}
        placeholder={f.namePlaceholder}
        required
        autoFocus={isNew}
        error={wrong("name")}
        onInput={(name) => onChange({ name })}
      />
      <Field
        label={f.models}
        mono
        value={draft.models}
        placeholder={f.modelsHint}
        error={wrong("models")}
        onInput={(models) => onChange({ models })}
      />
      <div class="field-row">
        <Field
          label={f.budget}
          value={draft.budget}
          placeholder={f.noLimit}
          error={wrong("budget")}
          onInput={(budget) => onChange({ budget })}
        />
        <Choice
          label={f.unit}
          value={draft.budgetUnit}
          options={(["tokens", "usd"] as const).map((value) => ({ value, text: f.units[value] }))}
          onChange={(budgetUnit) => onChange({ budgetUnit })}
        />
        <Choice
          label={f.period}
          value={draft.budgetPeriod}
          options={periods.map((value) => ({ value: value as string, text: t.periods[value] ?? value }))}
          onChange={(budgetPeriod) => onChange({ budgetPeriod })}
        />
      </div>
      <div class="field-row">
        <Field
          label={f.tokensPerDay}
          value={draft.tokensPerDay}
          placeholder={f.noLimit}
          error={wrong("tokens_per_day")}
          onInput={(tokensPerDay) => onChange({ tokensPerDay })}
        />
        <Field
          label={f.requestsPerMinute}
          value={draft.requestsPerMinute}
          placeholder={f.noLimit}
          error={wrong("requests_per_minute")}
          onInput={(requestsPerMinute) => onChange({ requestsPerMinute })}
        />
      </div>
      <div class="field-row">
        <Field
          label={f.concurrency}
          value={draft.concurrency}
          placeholder={f.noLimit}
          error={wrong("concurrency")}
          onInput={(concurrency) => onChange({ concurrency })}
        />
        <Field
          label={f.expires}
          value={draft.expires}
          placeholder={`${f.never}, 2027-12-31`}
          error={wrong("expires_at")}
          onInput={(expires) => onChange({ expires })}
        />
      </div>
      {access.value?.admin === true && (
        <Switch label={f.trace} isOn={draft.trace} onChange={(trace) => onChange({ trace })} />
      )}
      {failure !== undefined && !isNamed && (
        <p class="field-error" role="alert">
          {failure.message}
        </p>
      )}
    </div>
  );
}
