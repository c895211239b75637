import type { Services } from "../../services.ts";
import { legKey } from "../../model/leg.ts";
import type { ProbeReport } from "../../upstreams/upstream.ts";
import type { Checklist } from "./checklist.ts";
import { hasCall } from "./has-call.ts";

/** A server may have to load the model first. */
const patienceMs = 300_000;

/**
 * Asks models what their servers do with tools, each at all upstreams that have it. `ids` are what clients ask for: own names,
 * `upstream/model`, ids. What is found is kept with the services' memory.
 */
export async function probeModels(
  ids: readonly string[],
  { chat, router }: Pick<Services, "chat" | "router">,
  list: Checklist,
): Promise<void> {
  const probed = new Set<string>();
  for (const id of ids) {
    let legs: Awaited<ReturnType<typeof chat.resolveModel>>["legs"] = [];
    const isKnown = await list.check(`probe ${id}`, async (signal) => {
      ({ legs } = await chat.resolveModel(id, signal));
      return `answered by ${legs.map(legKey).join(", ")}`;
    });
    if (!isKnown) continue;
    for (const leg of legs) {
      const key = legKey(leg);
      if (probed.has(key)) continue;
      probed.add(key);
      if (leg.model.kind !== "chat") {
        list.skip(`  ${key}`, "it does not chat, so it has no tools");
        continue;
      }
      await list.check(
        `  ${key}`,
        async (signal) =>
          describeReport(await router.upstreamOf(leg).probe(leg.model.id, { signal, hasCall })),
        patienceMs,
      );
    }
  }
}

const verdicts: Readonly<Record<ProbeReport["tools"], string>> = {
  native: "native tools",
  emulated: "emulated",
  undecided: "undecided",
};

/** `emulated: its server refuses tools; 52 tokens`. */
export function describeReport({ tools, reason, used, tokens }: ProbeReport): string {
  const cost =
    tokens === undefined
      ? "; its server does not say what it cost"
      : tokens === 0
        ? ""
        : `; ${tokens} tokens`;
  const settled = tools === "undecided" ? `; used as ${used}` : "";
  const overruled =
    tools !== "undecided" && tools !== used ? `; but the configuration says ${used}, and that counts` : "";
  return `${verdicts[tools]}: ${reason}${settled}${overruled}${cost}`;
}
