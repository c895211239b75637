/** The patterns that mean "asked and waiting" and "dropped", for all drawings of the page. */
export function Hatch() {
  return (
    <svg class="hatches" width="0" height="0" aria-hidden="true">
      <defs>
        <pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <path class="hatch-line" d="M0 0V5" />
        </pattern>
        <pattern
          id="hatch-strong"
          width="4"
          height="4"
          patternUnits="userSpaceOnUse"
          patternTransform="rotate(45)"
        >
          <path class="hatch-line-strong" d="M0 0V4" />
        </pattern>
      </defs>
    </svg>
  );
}
