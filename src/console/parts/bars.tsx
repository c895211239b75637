/** Small bars without an axis, one for each value, as high as their share of the highest. */
export function Bars({ values, label }: { readonly values: readonly number[]; readonly label: string }) {
  const [width, height] = [values.length * 3, 16];
  const top = Math.max(1, ...values);
  return (
    <svg
      class="bars"
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={label}
    >
      {values.map((value, index) => {
        const tall = value === 0 ? 1 : Math.max(2, (value / top) * height);
        return (
          <rect
            key={index}
            class={value === 0 ? "bars-empty" : "bars-full"}
            x={index * 3}
            y={height - tall}
            width="2"
            height={tall}
          />
        );
      })}
    </svg>
  );
}
