import { mergeCapabilities, type Capabilities } from "../../model/capabilities.ts";
import type { ModelInfo } from "../../model/model-info.ts";
import type { LearnedFacts } from "../memory/capability-memory.ts";
import type { ToldByOperator } from "../read-options.ts";
import type { ModelDetails } from "./decode-details.ts";

/** Where what is known of a model comes from. */
export interface Sources {
  /** What holds of all models of its server. */
  readonly server: Partial<Capabilities>;
  /** `undefined`: the list lacks it. */
  readonly listed: ModelInfo | undefined;
  readonly details: ModelDetails | undefined;
  readonly learned: LearnedFacts | undefined;
  readonly operator: ToldByOperator;
}

/**
 * Puts together what is known of a model. The operator's word counts most. Then what the server itself refused, or left out
 * before our eyes, since lists promise what the model could if the server were started otherwise; then details, the list, and at last what is known of the server.
 */
export function describeModel(
  id: string,
  { server, listed, details, learned, operator }: Sources,
): ModelInfo {
  const contextLength =
    operator.contextLength ?? least(details?.contextLength ?? listed?.contextLength, learned?.contextLength);
  const maxOutputTokens =
    operator.maxOutputTokens ?? least(listed?.maxOutputTokens, learned?.maxOutputTokens);
  const price = operator.price ?? listed?.price;
  return {
    ...(listed ?? { kind: "chat", kindUnknown: true }),
    id,
    ...(contextLength === undefined ? {} : { contextLength }),
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    ...(price === undefined ? {} : { price }),
    capabilities: mergeCapabilities(
      server,
      listed?.capabilities ?? {},
      details?.capabilities ?? {},
      learned?.capabilities ?? {},
      operator.capabilities,
    ),
  };
}

function least(one: number | undefined, other: number | undefined): number | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return Math.min(one, other);
}
