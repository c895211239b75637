import type { ShownModel } from "../../src/dialects/shown-model.ts";
import type { ListedModel } from "../../src/model/leg.ts";
import type { ModelInfo } from "../../src/model/model-info.ts";
import type { Router } from "../../src/routing/index.ts";
import { createRouter } from "../../src/routing/index.ts";
import type { OwnName } from "../../src/routing/router.ts";
import type { Upstream } from "../../src/upstreams/upstream.ts";

/** A router over upstreams of which only a part is there; what they lack throws. */
export function routerOf(
  upstreams: Partial<Upstream> | readonly Partial<Upstream>[],
  names: readonly OwnName[] = [],
): Router {
  const all = "length" in upstreams ? upstreams : [upstreams];
  return createRouter({
    upstreams: all.map(completeUpstream),
    names,
    now: Date.now,
    startTimer: (ms, expire) => {
      const timer = setTimeout(expire, ms);
      return () => clearTimeout(timer);
    },
  });
}

function missing(): never {
  throw new Error("This upstream was not made for that.");
}

/** An upstream with what is given, under a name of its place in the list. */
export function completeUpstream(given: Partial<Upstream>, at = 0): Upstream {
  return {
    name: `upstream-${at + 1}`,
    listModels: () => Promise.resolve([]),
    refreshModels: given.listModels ?? (() => Promise.resolve([])),
    describeModel: () => undefined,
    stream: missing,
    probe: missing,
    budget: () => undefined,
    allowance: () => Promise.resolve({ kind: "unknown" }),
    tokensLeft: () => undefined,
    close: () => Promise.resolve(),
    ...given,
  };
}

/** A model as the merged list has it, at one upstream that answers now. */
export function listed(model: ModelInfo, upstream = "upstream-1"): ListedModel {
  return { ...model, legs: [{ upstream, model, answersNow: true }], answersNow: true };
}

/** The same as lists are encoded from it. */
export function shown(model: ModelInfo, canSee = false): ShownModel {
  return { model: listed(model), canSee };
}
