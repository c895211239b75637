import type { ErrorKind } from "../../../../src/errors.ts";
import type { Ledger } from "../../../../src/ledger/ledger.ts";
import type { LedgerRow } from "../../../../src/ledger/ledger-row.ts";

const minuteMs = 60_000;

/** What went wrong in that day, and how often. */
const errors: readonly (readonly [ErrorKind, LedgerRow["outcome"], number])[] = [
  ["budget-exhausted", "failed", 13],
  ["rate-limited", "failed", 7],
  ["upstream-truncated", "failed", 4],
  ["context-length", "failed", 3],
  ["rate-limited", "refused", 2],
];

const models = [
  "DeepSeek-V3.2",
  "DeepSeek-V3.2",
  "Qwen3.6-35B-A3B",
  "deepseek-ai/DeepSeek-V4-Flash",
  "Llama-3.3-70B",
];

/** Numbers from 0 to 1 that are the same each time. */
function createDraw(): () => number {
  let state = 17;
  return () => {
    state = (state * 16_807) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

/** Most lie close together, the rest here and there. */
function failuresIn(step: number): number {
  if (step === 33 || step === 34) return 9;
  return step % 5 === 2 ? 2 : 0;
}

/** Notes a day of requests that ended before `now`: what no test can wait for. More come by and by in the working hours, and failures lie close together. */
export function writeDay(
  ledger: Pick<Ledger, "add">,
  now: number,
  keys: readonly (string | undefined)[],
): void {
  const draw = createDraw();
  const failures = errors.flatMap(([error, outcome, count]) =>
    Array.from({ length: count }, () => ({ error, outcome })),
  );
  let number = 0;
  for (let step = 0; step < 48; step += 1) {
    const begin = now - (48 - step) * 30 * minuteMs;
    const count = Math.round(18 + 12 * Math.cos(((step - 2) / 48) * 2 * Math.PI) + 6 * draw());
    for (let index = 0; index < count; index += 1) {
      number += 1;
      const isSlow = step > 32 && step < 38;
      const firstTokenMs = Math.round((700 + 900 * draw() + (draw() > 0.9 ? 2000 : 0)) * (isSlow ? 2.2 : 1));
      const failure = index < failuresIn(step) ? failures.pop() : undefined;
      const model = models[Math.floor(draw() * models.length)];
      const isPaid = model?.endsWith("Flash") === true || draw() > 0.6;
      const upstream = isPaid ? "akashml" : "web";
      ledger.add({
        id: `req_day_${number}`,
        at: Math.round(begin + draw() * 30 * minuteMs),
        outcome: failure?.outcome ?? "answered",
        key: keys[number % keys.length],
        dialect: "openai-chat",
        route: "POST /v1/chat/completions",
        requestedModel: model,
        model: failure?.outcome === "refused" ? undefined : model,
        upstream: failure?.outcome === "refused" ? undefined : upstream,
        attempts:
          failure === undefined && number % 97 === 0
            ? [
                { upstream: "web", model: model ?? "", outcome: "budget-exhausted", ms: 210 },
                { upstream: "akashml", model: model ?? "", outcome: "answered", ms: 900 },
              ]
            : [{ upstream, model: model ?? "", outcome: failure?.error ?? "answered", ms: 400 }],
        error: failure?.error,
        inputTokens: Math.round(800 + 4000 * draw()),
        outputTokens: Math.round(60 + 600 * draw()),
        nanoUsd: isPaid ? 1_500_000 : undefined,
        firstTokenMs: failure === undefined ? firstTokenMs : undefined,
        ms: firstTokenMs + Math.round(6000 * draw()),
        client: "claude-cli/2.1.332",
      });
    }
  }
}
