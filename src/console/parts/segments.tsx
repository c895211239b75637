/** One of a few, side by side. */
export interface SegmentsProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly { readonly value: Value; readonly text: string }[];
  readonly small?: boolean;
  readonly onChange: (value: Value) => void;
}

/** Buttons of which one is down. */
export function Segments<Value extends string>(props: SegmentsProps<Value>) {
  const { label, value, options, small = false, onChange } = props;
  return (
    <div class={`segments${small ? " segments-small" : ""}`} role="group" aria-label={label}>
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          aria-pressed={option.value === value}
          onClick={() => onChange(option.value)}
        >
          {option.text}
        </button>
      ))}
    </div>
  );
}
