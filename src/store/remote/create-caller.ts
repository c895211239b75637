import { StoreError } from "../response-store.ts";
import type { CallAnswer, ToStores } from "./protocol.ts";
import type { CallArguments, CallName, CallValue } from "./store-calls.ts";

/** Calls that wait for their answers. */
export interface Caller {
  /** Rejects with `StoreError`. */
  ask<Name extends CallName>(name: Name, ...of: CallArguments<Name>): Promise<CallValue<Name>>;
  /** An answer came. */
  settle(answer: CallAnswer): void;
  /** None comes any more. */
  end(): void;
}

/** So many calls may wait, and so many that put something large. */
const mostWaiting = 10_000;
const mostPuts = 256;
const putting: ReadonlySet<CallName> = new Set([
  "responses.put",
  "conversations.create",
  "conversations.add",
]);

interface Waiting {
  resolve(value: unknown): void;
  reject(error: StoreError): void;
}

/** Creates it; `say` sends. */
export function createCaller(say: (message: ToStores) => void): Caller {
  const waiting = new Map<number, Waiting>();
  let last = 0;
  let puts = 0;
  let ended = false;

  async function call(name: CallName, of: readonly unknown[]): Promise<unknown> {
    if (ended) throw createGone();
    if (waiting.size >= mostWaiting || (putting.has(name) && puts >= mostPuts))
      throw new StoreError("queue-full", new Error(`${waiting.size} calls wait already`));
    last += 1;
    const id = last;
    const answer = new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
    say({ id, call: name, of });
    if (!putting.has(name)) return answer;
    puts += 1;
    return answer.finally(() => {
      puts -= 1;
    });
  }

  return {
    // The same table says on the other side what a call resolves with.
    ask: <Name extends CallName>(name: Name, ...of: CallArguments<Name>) =>
      call(name, of) as Promise<CallValue<Name>>,
    settle(answer) {
      const asked = waiting.get(answer.id);
      waiting.delete(answer.id);
      if (!("failed" in answer)) asked?.resolve(answer.value);
      else {
        const { problem, message } = answer.failed;
        asked?.reject(new StoreError(problem, new Error("told by the process that has the stores"), message));
      }
    },
    end() {
      ended = true;
      for (const answer of waiting.values()) answer.reject(createGone());
      waiting.clear();
    },
  };
}

function createGone(): StoreError {
  return new StoreError("unavailable", new Error("the process that has the stores is gone"));
}
