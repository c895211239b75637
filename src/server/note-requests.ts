import { ownerOf } from "../access/caller.ts";
import { toLedgerRow } from "../ledger/to-ledger-row.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { RequestObserver } from "./request-observer.ts";

/** Notes each request for an answer of a model, and each background response, in the ledger, when it is over; refused ones too. `now` in ms since the epoch. */
export function noteRequests(ledger: Pick<Ledger, "add">, now: () => number): RequestObserver {
  return {
    end({ request, facts, ending }) {
      if (!facts.asksModel) return;
      const ms = performance.now() - facts.begun;
      const isRun = ending.event === "background";
      ledger.add(
        toLedgerRow({
          id: isRun ? (facts.response ?? facts.id) : facts.id,
          at: Math.round(now() - ms),
          route: facts.text,
          dialect: facts.dialect,
          key: ownerOf(facts.caller),
          headers: request.headers,
          body: request.body,
          model: facts.model,
          upstream: facts.upstream,
          attempts: facts.attempts,
          status: ending.status,
          clientLeft: ending.clientLeft,
          refused: facts.refused,
          finish: facts.finish,
          error: facts.error,
          stream: facts.stream,
          usage: facts.usage,
          nanoUsd: facts.nanoUsd,
          pictures: facts.pictures,
          repairs: facts.repairs.length,
          retries: facts.retries.length,
          firstTokenMs: facts.firstTokenMs,
          ms,
          traced: facts.trace !== undefined,
        }),
      );
    },
  };
}
