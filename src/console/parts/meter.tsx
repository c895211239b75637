/** How full something is: `share` of 1, and more when it is overdrawn. */
export interface MeterProps {
  readonly share: number;
  readonly kind?: "accent" | "amber" | "red";
  /** What it is of, for screen readers. */
  readonly label: string;
  /** The figures in words. */
  readonly text: string;
}

/** A bar that fills. Its width is an attribute of the drawing: the page allows no styles of elements. */
export function Meter({ share, kind = "accent", label, text }: MeterProps) {
  const percent = Math.min(100, Math.max(0, share * 100));
  return (
    <svg
      class="meter"
      width="100%"
      height="6"
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(percent)}
      aria-valuetext={text}
    >
      <rect class="meter-track" width="100%" height="6" rx="3" />
      {percent > 0 && <rect class={`fill-${kind}`} width={`${Math.max(percent, 1.5)}%`} height="6" rx="3" />}
    </svg>
  );
}
