/** What a dot means: each has a form of its own, so that colour never stands alone. */
export type DotKind = "good" | "soon" | "bad" | "idle" | "wait";

/** A dot; the word for it must stand beside it, or in `label`. */
export function Dot({ kind, label }: { readonly kind: DotKind; readonly label?: string }) {
  const name = label === undefined ? { "aria-hidden": true } : { role: "img" as const, "aria-label": label };
  return (
    <svg class={`dot dot-${kind}`} width="10" height="10" viewBox="0 0 10 10" {...name}>
      {kind === "soon" ? (
        <path d="M5 .6 9.4 5 5 9.4.6 5Z" />
      ) : kind === "bad" ? (
        <rect x="1.2" y="1.2" width="7.6" height="7.6" rx="1" />
      ) : (
        <circle cx="5" cy="5" r={kind === "wait" ? 3.4 : 3.8} />
      )}
    </svg>
  );
}
