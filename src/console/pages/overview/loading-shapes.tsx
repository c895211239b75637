import { texts } from "../../text/index.ts";

/** Still grey shapes in the final size; the style sheet shows them after 300 ms. */
export function LoadingShapes() {
  return (
    <div class="loading" role="status" aria-label={texts.value.common.loading}>
      <div class="charts">
        <div class="panel shape" />
        <div class="panel shape" />
        <div class="panel shape" />
        <div class="panel shape" />
      </div>
      <div class="panel shape" />
    </div>
  );
}
