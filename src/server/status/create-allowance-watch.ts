import type { NamedAllowance } from "../../dialects/encode-gateway-usage.ts";
import { createController } from "../../stream/create-controller.ts";

/** What upstreams allow, without a wait but for the first look. */
export type AllowanceWatch = () => Promise<readonly NamedAllowance[]>;

/**
 * Creates a watch: it gives what is known, and has a look made meanwhile for the next time. How often an upstream is truly looked at is its
 * own affair (`Upstream.allowance`), and nothing is looked at while nobody asks.
 */
export function createAllowanceWatch(
  look: (signal: AbortSignal) => Promise<readonly NamedAllowance[]>,
): AllowanceWatch {
  let known: readonly NamedAllowance[] | undefined;
  let looking: Promise<readonly NamedAllowance[]> | undefined;

  async function renew(): Promise<readonly NamedAllowance[]> {
    try {
      // Whoever leaves ends it not: others wait for the same look.
      known = await look(createController().signal);
      return known;
    } finally {
      looking = undefined;
    }
  }

  return async () => {
    looking ??= renew();
    if (known === undefined) return looking;
    // A look rejects by its signal alone.
    looking.catch(() => undefined);
    return known;
  };
}
