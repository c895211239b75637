import { LRUCache } from "lru-cache";

import type { Trace } from "../../traces/trace.ts";
import type { TraceStore, TraceSummary } from "../../traces/trace-store.ts";

/** How much is kept. */
export interface MemoryTracesOptions {
  /** Traces. Default: 200. */
  readonly most?: number;
  /** Of all together, in bytes, nearly. Default: 64 MB. */
  readonly mostBytes?: number;
}

/** Traces of one process, as JSON; the oldest make room. */
export function createMemoryTraces({
  most = 200,
  mostBytes = 67_108_864,
}: MemoryTracesOptions = {}): TraceStore {
  const kept = new LRUCache<string, string>({
    max: most,
    maxSize: mostBytes,
    // Of two bytes for each character at worst.
    sizeCalculation: (text) => text.length * 2,
  });
  function findByRequest(id: string): Trace | undefined {
    for (const text of kept.values()) {
      // Not every one is read to its end for it.
      if (!text.includes(JSON.stringify(id))) continue;
      const trace = parse(text);
      if (trace.request_id === id) return trace;
    }
    return undefined;
  }

  return {
    put: (trace) => void kept.set(trace.id, JSON.stringify(trace)),
    async get(id) {
      // Looking at one does not make it newer.
      const text = kept.peek(id);
      return text === undefined ? findByRequest(id) : parse(text);
    },
    async list(limit) {
      const newest: TraceSummary[] = [];
      for (const text of kept.values()) {
        if (newest.length >= limit) break;
        newest.push(summarize(parse(text)));
      }
      return newest;
    },
  };
}

/** What was put here was a trace. */
function parse(text: string): Trace {
  return JSON.parse(text) as Trace;
}

/** What a list shows of a trace. */
export function summarize({
  id,
  request_id,
  created_at,
  model,
  dialect,
  key,
  ms,
  verdict,
}: Trace): TraceSummary {
  return { id, request_id, created_at, model, dialect, key, ms, verdict };
}
