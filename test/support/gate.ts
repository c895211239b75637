import { EventEmitter, once } from "node:events";

/** A promise with its handle: lets a test decide when something goes on. */
export interface Gate<T = void> {
  readonly promise: Promise<T>;
  open(value: T): void;
}

/** Creates a closed gate. */
export function createGate<T = void>(): Gate<T> {
  const opened = new EventEmitter();
  const promise = once(opened, "open").then(([value]: T[]) => value as T);
  return { promise, open: (value) => opened.emit("open", value) };
}

/** Resolves when `signal` is aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
