import type { Price } from "../../model/model-info.ts";
import { asNumber, asObject, type JsonObject } from "./read-json.ts";

const million = 1_000_000;

/**
 * Reads a price. By its keys: `prompt` and `completion` are US dollars a token (OpenRouter), `input` and `output` a
 * million tokens (AkashML, Together), `input_cost_per_token` a token (LiteLLM). Negative ones mean that it varies.
 */
export function readPrice(entry: JsonObject): Price | undefined {
  const pricing = asObject(entry["pricing"]) ?? {};
  const perToken = (value: unknown) => {
    const price = asPrice(value);
    // Without the noise of binary fractions: 0.00000015 × 1,000,000.
    return price === undefined ? undefined : Number((price * million).toPrecision(12));
  };
  const input =
    asPrice(pricing["input"]) ?? perToken(pricing["prompt"]) ?? perToken(entry["input_cost_per_token"]);
  const output =
    asPrice(pricing["output"]) ?? perToken(pricing["completion"]) ?? perToken(entry["output_cost_per_token"]);
  const request = asPrice(pricing["request"]);
  if (input === undefined && output === undefined && request === undefined) return undefined;
  return {
    ...(input === undefined ? {} : { inputPerMillion: input }),
    ...(output === undefined ? {} : { outputPerMillion: output }),
    ...(request === undefined ? {} : { perRequest: request }),
  };
}

function asPrice(value: unknown): number | undefined {
  const price = asNumber(value);
  return price === undefined || price < 0 ? undefined : price;
}
