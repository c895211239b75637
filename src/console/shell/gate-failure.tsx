import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";

import { Retry } from "../parts/retry.tsx";
import { accessFailure, askAccess } from "../state/access.ts";
import { texts } from "../text/index.ts";

/** How long until it is tried again, in ms. */
const waitMs = 5000;

/** Nobody says who we are: why, and that it is tried again by itself. */
export function GateFailure() {
  const t = texts.value.gate;
  const nextTry = useSignal(Date.now() + waitMs);
  async function tryAgain(): Promise<void> {
    nextTry.value = Date.now() + waitMs;
    await askAccess();
  }
  useEffect(() => {
    const timer = setInterval(() => void tryAgain(), waitMs);
    return () => clearInterval(timer);
  }, []);
  return (
    <main class="gate">
      <div class="panel gate-panel" role="status">
        <h1>{t.failed}</h1>
        <p>{accessFailure.value}</p>
        <Retry nextTry={nextTry.value} onPress={() => void tryAgain()} />
      </div>
    </main>
  );
}
