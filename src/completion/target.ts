import { type Capabilities, textOnly, toolSupport } from "../model/capabilities.ts";
import type { ModelInfo } from "../model/model-info.ts";
import type { Upstream } from "../upstreams/upstream.ts";

/** The model of a leg, as a request is made for it. */
export interface Target {
  readonly model: ModelInfo;
  /** Nothing in it is unknown any more. */
  readonly can: Capabilities;
  /** What a conversation without a system message gets. */
  readonly systemPrompt: string | undefined;
  /** As `Upstream` has it. */
  readonly tokensLeft: () => number | undefined;
}

/**
 * What is done where nobody has said what a model can: tools are offered (`toolSupport`) and images shown, since a server that can't says so, and
 * then it is known. A form is asked for in words, which no server refuses. Of a text-only model nothing is told.
 */
export function settleCapabilities(capabilities: Capabilities = textOnly): Capabilities {
  const known = settled.get(capabilities) ?? settle(capabilities);
  settled.set(capabilities, known);
  return known;
}

/** The same model is asked again and again. */
const settled = new WeakMap<Capabilities, Capabilities>();

function settle(capabilities: Capabilities): Capabilities {
  const { images, outputLimit } = capabilities;
  const known = Object.entries(capabilities).map(([name, support]) => [
    name,
    support === "unknown" ? "emulated" : support,
  ]);
  return {
    ...capabilities,
    ...Object.fromEntries(known),
    tools: toolSupport(capabilities),
    images: images === "unknown" ? "native" : images,
    outputLimit: outputLimit === "unknown" ? "native" : outputLimit,
  };
}

/** What is known of a model at an upstream now, and how it is asked; `systemPrompt`: the operator's. */
export function targetOf(listed: ModelInfo, upstream: Upstream, systemPrompt: string | undefined): Target {
  const model = upstream.describeModel(listed.id) ?? listed;
  return {
    model,
    can: settleCapabilities(model.capabilities),
    systemPrompt: systemPrompt ?? upstream.systemPrompt,
    tokensLeft: () => upstream.tokensLeft(),
  };
}

/** Of a model that only writes, at no upstream in particular. */
export function plainTarget(model: ModelInfo): Target {
  return { model, can: textOnly, systemPrompt: undefined, tokensLeft: () => undefined };
}
