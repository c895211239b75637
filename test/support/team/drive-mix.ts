import { run } from "../../../bench/soak/flows.ts";
import type { Outcome } from "../../../bench/soak/judge.ts";
import { createSender, type Received, type Sending } from "../../../bench/soak/send.ts";
import { createSpec, type Spec } from "../../../bench/soak/specs.ts";
import type { TeamKey } from "./create-admin.ts";

/** What came of one request, or of a few that belong together. */
export interface Driven {
  readonly spec: Spec;
  readonly key: TeamKey;
  /** `refused`: by a limit of its key. */
  readonly outcome: Outcome | "refused" | "failed";
  /** Why it failed. */
  readonly problem?: string;
  /** The ids of its requests (`x-request-id`). */
  readonly ids: readonly string[];
}

/** How a mix is driven. */
export interface MixOptions {
  readonly url: string;
  readonly seed: string;
  readonly count: number;
  readonly clients: number;
  /** Requests have them in turn. */
  readonly keys: readonly TeamKey[];
  /** Called with how many are over, after each. */
  readonly onDriven?: (count: number) => void;
}

/** For each request; the longest that is planned is a third of it. */
const limitMs = 30_000;

/** A limit's field, as the message of a refusal has it. */
const refusal = /\((?:requests_per_minute|tokens_per_minute|tokens_per_day|concurrency|budget)\)/;

class RefusedByLimit extends Error {}

/** Settings that bring heads, heartbeats and time-outs into play. */
export const mixSettings = {
  RESPONSE_HOLD_MS: "150",
  HEARTBEAT_MS: "100",
  FIRST_BYTE_TIMEOUT_MS: "2500",
  STORED_RESPONSES: "100000",
} as const;

/**
 * Sends what people send, as the soak does (`bench/soak/specs.ts`: all APIs, stored and background responses, streams and whole answers, tools, small
 * and wrong requests, clients that leave, and upstreams that fail in every way), each with a key and its tag as session, and judges each answer.
 */
export async function driveMix(options: MixOptions): Promise<readonly Driven[]> {
  const { url, seed, count, clients, keys, onDriven } = options;
  const sender = createSender(url, limitMs);
  const driven: Driven[] = [];
  let next = 0;

  async function drive(index: number): Promise<Driven> {
    const spec = createSpec(seed, index);
    const key = keys[index % keys.length];
    if (key === undefined) throw new Error("There is no key");
    const ids: string[] = [];
    async function send(sending: Sending): Promise<Received> {
      const id = `${spec.plan.tag}.${ids.length}`;
      ids.push(id);
      const own = { authorization: `Bearer ${key?.key}`, "x-session-id": spec.plan.tag, "x-request-id": id };
      const received = await sender.send({ ...sending, headers: own });
      if (refusal.test(received.text)) throw new RefusedByLimit();
      return received;
    }
    try {
      const { outcome } = await run(spec, { send, isShared: true, close: () => {} });
      return { spec, key, outcome, ids };
    } catch (error) {
      if (error instanceof RefusedByLimit) return { spec, key, outcome: "refused", ids };
      const words = error instanceof Error ? error.message : String(error);
      const { kind, streamed, plan } = spec;
      const what = [kind, streamed ? "streamed" : "whole", plan.form, plan.fault, plan.silent].filter(
        Boolean,
      );
      return { spec, key, outcome: "failed", ids, problem: `${plan.tag} (${what.join(", ")}): ${words}` };
    }
  }

  async function act(): Promise<void> {
    while (next < count) {
      const index = next;
      next += 1;
      driven.push(await drive(index));
      onDriven?.(driven.length);
    }
  }

  await Promise.all(Array.from({ length: clients }, act));
  sender.close();
  return driven;
}
