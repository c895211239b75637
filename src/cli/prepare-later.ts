import type { IncomingMessage, Server } from "node:http";

/** What is done beforehand, so that no request waits for it. */
export interface Preparation {
  /** Takes little memory: done soon after the start. */
  readonly atRest: () => Promise<void> | void;
  /** Takes much: done soon after the first request that a model may have to answer. */
  readonly forAnswers: () => Promise<void> | void;
  /** Is told what fails; whoever needs it then tries again and tells it to its caller. */
  readonly onError: (error: unknown) => void;
  /** Calls back after a moment in which what has come already is answered. */
  readonly wait: (expire: () => void) => void;
}

/** Prepares a server that listens for what may come: much only when something comes. */
export function prepareLater(server: Server, { atRest, forAnswers, onError, wait }: Preparation): void {
  function later(work: () => Promise<void> | void): void {
    wait(() => void Promise.resolve().then(work).catch(onError));
  }

  /** What is posted is to be answered by a model, or to be counted; health checks and lists need nothing. */
  function prepareFor({ method }: IncomingMessage): void {
    if (method !== "POST") return;
    server.off("request", prepareFor);
    later(forAnswers);
  }

  server.on("request", prepareFor);
  later(atRest);
}
