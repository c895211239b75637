import type { IncomingHttpHeaders } from "node:http";

import type { RecordedRequest } from "./types.ts";

interface Incoming {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
}

/** Remembers requests and lets tests wait for them. */
export interface RequestLog {
  readonly requests: readonly RecordedRequest[];
  /** The POST requests to the path of chats. */
  chats(): readonly RecordedRequest[];
  /** Records a request; `close` tells how its reply ended. */
  add(incoming: Incoming): {
    readonly record: RecordedRequest;
    readonly close: (how: "finished" | "client-left") => void;
  };
  /** Request number `index` to `path` (a slash at its end does not matter), now or later. */
  wait(path: string, index: number, method?: string): Promise<RecordedRequest>;
}

/** Makes an empty log of a simulator that chats at `chatPath`. */
export function createRequestLog(chatPath: string): RequestLog {
  const requests: RecordedRequest[] = [];
  const waiting = new Set<() => void>();
  const matching = (path: string, method: string | undefined): RecordedRequest[] =>
    requests.filter(
      (request) =>
        withoutSlash(request.path) === withoutSlash(path) &&
        (method === undefined || request.method === method),
    );

  return {
    requests,
    chats: () => matching(chatPath, "POST"),
    add({ bytes, ...rest }) {
      const { promise, resolve } = createDeferred<"finished" | "client-left">();
      const record = { ...rest, body: parseOrText(bytes), closed: promise };
      requests.push(record);
      for (const check of waiting) check();
      return { record, close: resolve };
    },
    wait(path, index, method) {
      const { promise, resolve } = createDeferred<RecordedRequest>();
      const check = (): void => {
        const found = matching(path, method)[index];
        if (found === undefined) return;
        waiting.delete(check);
        resolve(found);
      };
      waiting.add(check);
      check();
      return promise;
    },
  };
}

/** `Promise.withResolvers`, which Node 20 does not have. */
function createDeferred<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = ignore;
  const promise = new Promise<T>((fulfil) => {
    resolve = fulfil;
  });
  return { promise, resolve };
}

function ignore(): void {}

function withoutSlash(path: string): string {
  return path.replace(/\/$/, "");
}

function parseOrText(bytes: Buffer): unknown {
  const text = bytes.toString("utf8");
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
