import { type GatewayError, toGatewayError } from "../errors.ts";
import type { Upstream } from "../upstreams/upstream.ts";

/** What a look at an upstream showed. `spent`: it is there, and allows nothing at present. */
export type Look =
  | { readonly kind: "answers" }
  | { readonly kind: "spent" }
  | { readonly kind: "fails"; readonly failure: GatewayError };

/**
 * Asks an upstream, at once, for all that costs nothing: its models, whether it lets the gateway in, what it allows. Takes a minute at most; rejects
 * only when the signal aborts.
 */
export async function lookAtUpstream(
  upstream: Pick<Upstream, "refreshModels" | "login" | "allowance">,
  signal: AbortSignal,
): Promise<Look> {
  try {
    await upstream.refreshModels(signal, { patient: true, again: true });
    await upstream.login?.check(signal);
    const allowance = await upstream.allowance(signal, { again: true });
    return allowance.kind === "counted" && allowance.budget.spent ? { kind: "spent" } : { kind: "answers" };
  } catch (thrown) {
    if (signal.aborted) throw thrown;
    return { kind: "fails", failure: toGatewayError(thrown) };
  }
}
