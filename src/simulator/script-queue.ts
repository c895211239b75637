/** Scripts that wait for their requests, first in, first out. */
export interface ScriptQueue<Asked, Script> {
  /** Returns what takes the script out again, if it is still there. */
  add(script: Script): () => void;
  clear(): void;
  /** What a request would get. The fallback is asked once for each request. */
  peek(asked: Asked): Script | undefined;
  /** Takes what a request gets. */
  take(asked: Asked): Script | undefined;
}

/** Makes an empty queue; when no script of it suits a request, `fallback` may give one. */
export function createScriptQueue<Asked extends object | undefined, Script extends object>(
  suits: (script: Script, asked: Asked) => boolean,
  fallback?: (asked: NonNullable<Asked>) => Script | undefined,
): ScriptQueue<Asked, Script> {
  const queued: Script[] = [];
  const given = new WeakMap<NonNullable<Asked>, Script | undefined>();

  function ask(asked: Asked): Script | undefined {
    if (asked === undefined || asked === null || fallback === undefined) return undefined;
    if (!given.has(asked)) given.set(asked, fallback(asked));
    return given.get(asked);
  }
  const find = (asked: Asked): number => queued.findIndex((script) => suits(script, asked));

  return {
    add(script) {
      // Of its own, even if the same script is queued twice.
      const own = { ...script };
      queued.push(own);
      return () => {
        const index = queued.indexOf(own);
        if (index !== -1) queued.splice(index, 1);
      };
    },
    clear() {
      queued.length = 0;
    },
    peek: (asked) => queued[find(asked)] ?? ask(asked),
    take(asked) {
      const index = find(asked);
      return index === -1 ? ask(asked) : queued.splice(index, 1)[0];
    },
  };
}

/** Scripts for paths; a slash at the end of a path does not matter. */
export interface PathQueue<Script> {
  add(path: string, script: Script): void;
  clear(): void;
  take(path: string): Script | undefined;
}

/** Makes an empty queue by path. */
export function createPathQueue<Script>(): PathQueue<Script> {
  const queues = new Map<string, Script[]>();
  return {
    add(path, script) {
      const key = withoutSlash(path);
      queues.set(key, [...(queues.get(key) ?? []), script]);
    },
    clear: () => queues.clear(),
    take: (path) => queues.get(withoutSlash(path))?.shift(),
  };
}

function withoutSlash(path: string): string {
  return path.replace(/\/$/, "");
}
