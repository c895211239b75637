const [width, height] = [57, 8];
/** What is longer is drawn as long as this. */
const longestMs = 20_000;

/** How long a request took: hatched until its first piece, then solid. The same notation as the timeline's. */
export function TotalBar(props: {
  readonly ms: number;
  readonly firstMs: number | null;
  readonly isFailed: boolean;
}) {
  const { ms, firstMs, isFailed } = props;
  const scale = (time: number) => (Math.min(time, longestMs) / longestMs) * (width - 1);
  const end = Math.max(2, scale(ms));
  const first = firstMs === null ? end : Math.min(scale(firstMs), end);
  return (
    <svg class="total-bar" width={width} height={height} aria-hidden="true">
      <rect
        class="bar-wait"
        x="0.5"
        y="0.5"
        width={Math.max(1, end - 0.5)}
        height={height - 1}
        rx="1"
        fill="url(#hatch)"
      />
      {first < end && (
        <rect
          class={isFailed ? "fill-red" : "fill-accent"}
          x={first}
          y="0"
          width={Math.max(1, end - first)}
          height={height}
          rx="1"
        />
      )}
    </svg>
  );
}
