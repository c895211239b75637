import { useId } from "preact/hooks";

/** A field of a form. */
export interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly placeholder?: string;
  readonly secret?: boolean;
  readonly inputMode?: "numeric" | "decimal";
  readonly mono?: boolean;
  /** What is wrong with it. */
  readonly error?: string | undefined;
  readonly required?: boolean;
  readonly autoFocus?: boolean;
  readonly onInput: (value: string) => void;
}

/** A field with its label over it, and what is wrong with it below. */
export function Field(props: FieldProps) {
  const id = useId();
  const { label, value, placeholder, secret = false, mono = false, error } = props;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        {...(secret ? { type: "password" as const } : { type: "text" as const })}
        class={mono ? "mono" : ""}
        value={value}
        placeholder={placeholder}
        inputMode={props.inputMode}
        required={props.required}
        autocomplete="off"
        spellcheck={false}
        ref={(input) => {
          if (props.autoFocus === true && input !== null && document.activeElement === document.body)
            input.focus();
        }}
        aria-invalid={error !== undefined}
        aria-describedby={error === undefined ? undefined : `${id}-error`}
        onInput={(event) => props.onInput(event.currentTarget.value)}
      />
      {error !== undefined && (
        <p class="field-error" id={`${id}-error`}>
          {error}
        </p>
      )}
    </div>
  );
}

/** One of a few, in a field. */
export function Choice<Value extends string>(props: {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly { readonly value: Value; readonly text: string }[];
  readonly onChange: (value: Value) => void;
}) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      <select
        id={id}
        value={props.value}
        onChange={(event) => {
          const chosen = props.options.find(({ value }) => value === event.currentTarget.value);
          if (chosen !== undefined) props.onChange(chosen.value);
        }}
      >
        {props.options.map(({ value, text }) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
}

/** On or off. */
export function Switch(props: {
  readonly label: string;
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
}) {
  return (
    <label class="switch">
      <span>{props.label}</span>
      <input
        type="checkbox"
        role="switch"
        checked={props.isOn}
        onChange={(event) => props.onChange(event.currentTarget.checked)}
      />
    </label>
  );
}
