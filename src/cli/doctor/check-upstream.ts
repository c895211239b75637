import type { AllowanceState } from "../../model/budget.ts";
import { collect } from "../../model/collect.ts";
import type { Services } from "../../services.ts";
import { isWebChat, type UpstreamEntry } from "../../upstreams/upstream-entry.ts";
import type { Upstream } from "../../upstreams/upstream.ts";
import { createQuestion } from "../create-question.ts";
import type { Checklist } from "./checklist.ts";

/**
 * Looks at one upstream: login or key, models, budget, and a tiny completion where that can't cost money. Stops where going
 * on is useless.
 */
export async function checkUpstream(
  upstream: Upstream,
  {
    entry,
    services,
    list,
  }: {
    readonly entry: UpstreamEntry;
    readonly services: Pick<Services, "chat">;
    readonly list: Checklist;
  },
): Promise<void> {
  const { name, login } = upstream;
  if (login !== undefined && !(await list.check(login.name, (signal) => login.check(signal)))) return;
  let model: string | undefined;
  const isListed = await list.check("models", async (signal) => {
    const models = await upstream.refreshModels(signal, { patient: true });
    model = models.find(({ kind }) => kind === "chat")?.id;
    if (model === undefined) {
      throw new Error(
        `No chat model is listed: the back end of ${name} is down, or has none. Try again later.`,
      );
    }
    const remark = upstream.listRemark === undefined ? "" : ` (${upstream.listRemark})`;
    return `${models.length} offered${remark}, e.g. ${model}`;
  });
  if (!isListed) return;
  if (isWebChat(entry)) {
    await list.check("usage budget", async (signal) => describeAllowance(await upstream.allowance(signal)));
  }
  if (mayCost(entry)) {
    list.skip(
      "completion",
      "not asked for, since it may cost money: --probe MODEL asks a model for a few tokens",
    );
    return;
  }
  await list.check("completion", async (signal) => {
    const started = Date.now();
    const request = createQuestion(`${name}/${model}`, "Answer with the single word: ready");
    const answer = await collect((sink) => services.chat.complete(request, { signal, baseUrl: "" }, sink));
    const text = answer.blocks.flatMap((block) => (block.kind === "text" ? [block.text] : [])).join("");
    return `${model} said ${JSON.stringify(text.trim().slice(0, 60))} after ${Date.now() - started} ms`;
  });
}

/** Whom nobody knows nobody sends a bill. */
function mayCost(entry: UpstreamEntry): boolean {
  return !isWebChat(entry) && (entry.apiKey !== undefined || Object.keys(entry.headers).length > 0);
}

function describeAllowance(state: AllowanceState): string {
  if (state.kind === "uncounted") return "this instance does not count";
  if (state.kind === "unknown") return "it does not say at the moment";
  const { spent, usedPercent, resetsAt } = state.budget;
  const renewed = `renewed at ${new Date(resetsAt).toISOString()}`;
  if (!spent) return `${Math.round(usedPercent)} % used, ${renewed}`;
  throw new Error(
    `Your address has spent its budget (IPv6 networks share one), ${renewed}. Until then another upstream can answer: AKASHML_API_KEY or gateway.yaml, docs/upstreams.md.`,
  );
}
