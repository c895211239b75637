import { useSignal } from "@preact/signals";

import { ask } from "../../api/ask.ts";
import type { UpstreamObject } from "../../api/types.ts";
import { writeExactClock } from "../../domain/figures.ts";
import { LinkButton } from "../../parts/link-button.tsx";
import { access } from "../../state/access.ts";
import { texts } from "../../text/index.ts";

/** What came of a try. */
type Outcome =
  | { readonly kind: "none" }
  | { readonly kind: "trying" }
  | { readonly kind: "tried"; readonly at: number; readonly upstream: UpstreamObject }
  | { readonly kind: "failed"; readonly message: string };

/** Has the gateway look at an upstream now, for who may (`ADMIN_TOKEN`), and tells what came of it. `isShut`: it does not answer, as far as is known. */
export function TryNow({ name, isShut }: { readonly name: string; readonly isShut: boolean }) {
  const t = texts.value.overview.tryNow;
  const outcome = useSignal<Outcome>({ kind: "none" });
  const isTrying = outcome.value.kind === "trying";
  if (access.value?.admin !== true || (!isShut && outcome.value.kind === "none")) return null;

  async function press(): Promise<void> {
    if (isTrying) return;
    outcome.value = { kind: "trying" };
    const path = `admin/v1/upstreams/${encodeURIComponent(name)}/try`;
    try {
      const upstream = await ask<UpstreamObject>(path, { method: "POST" });
      outcome.value = { kind: "tried", at: Date.now(), upstream };
    } catch (error) {
      outcome.value = { kind: "failed", message: error instanceof Error ? error.message : String(error) };
    }
  }
  return (
    <p class="line try-now">
      <span role="status">
        <OutcomeText outcome={outcome.value} />
      </span>
      {isShut && (
        <LinkButton {...(isTrying ? {} : { label: t.buttonOf(name) })} onPress={() => void press()}>
          {isTrying ? t.trying : t.button}
        </LinkButton>
      )}
    </p>
  );
}

function OutcomeText({ outcome }: { readonly outcome: Outcome }) {
  const { locale, overview } = texts.value;
  const t = overview.tryNow;
  if (outcome.kind === "failed") return <span class="text-red">{t.failed(outcome.message)}</span>;
  if (outcome.kind !== "tried") return null;
  const { up, allowance, problem } = outcome.upstream;
  const clock = writeExactClock(outcome.at, locale);
  if (up) return <>{t.answers(clock)}</>;
  return <>{allowance?.state === "spent" ? t.spent(clock) : t.answersNot(clock, problem?.message ?? "")}</>;
}
