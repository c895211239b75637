import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";

import type { FastifyInstance } from "fastify";

import { GatewayError } from "../errors.ts";
import { createController } from "../stream/create-controller.ts";
import { InFlight } from "./in-flight.ts";
import { stopListening } from "./stop-listening.ts";

/** After the deadline, how long an error frame may take to reach a client that does not read. */
const lastWordsMs = 1000;

/** The end of a server's life. */
export interface Shutdown {
  readonly begun: boolean;
  /** Whether it is about to begin: what comes is served still. */
  readonly announced: boolean;
  /** Responses that are not complete yet. */
  readonly running: number;
  /** Aborted with a `GatewayError` when running answers have to end. */
  readonly deadline: AbortSignal;
  /** Calls `end` as soon as clients shall leave, at once if they shall already; what it returns takes that back. For what would never end by itself. */
  whenLeaving(end: () => void): () => void;
  /** Calls `end` at the deadline, at once if it has passed; what it returns takes that back. For what there is one of for each request. */
  atDeadline(end: () => void): () => void;
  /** Counts a response as running until it closes. */
  track(response: ServerResponse): void;
  /** Keeps in sight a connection of the server. */
  watch(socket: Socket): void;
  /** Has the connections that there are closed by their next answer, and new ones by their first; takes all that comes. */
  announce(): void;
  /**
   * Accepts no more connections, and has those that there are closed by their next answer. Resolves when none is left, or after
   * `timeoutMs`; `close` ends the rest.
   */
  drain(app: FastifyInstance, timeoutMs: number): Promise<void>;
  /** Accepts nothing more, waits `timeoutMs` for running answers, ends the rest. Idempotent. */
  close(app: FastifyInstance, timeoutMs: number): Promise<void>;
}

/**
 * Creates the shutdown of one server. It counts responses itself: for `localhost` Fastify opens a second
 * server for the other IP version, and does not wait for that one's answers.
 */
export function createShutdown(): Shutdown {
  const controller = createController();
  const running = new InFlight<ServerResponse>();
  const enders = new InFlight<() => void>();
  const leavers = new InFlight<() => void>();
  const sockets = new Set<Socket>();
  let draining = false;
  let announced = false;
  let closed: Promise<void> | undefined;
  let settle: (() => void) | undefined;

  function settled(): Promise<void> {
    return new Promise((resolve) => {
      settle = () => {
        if (running.size === 0) resolve();
      };
      settle();
    });
  }

  async function run(app: FastifyInstance, timeoutMs: number): Promise<void> {
    function closeIdle(): void {
      app.server.closeIdleConnections();
      // Browsers and pools connect ahead: Node takes a connection without a request for one that is at work.
      for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
    }
    // A connection whose answer ends now would otherwise stay open until its keep-alive time is over.
    const sweep = setInterval(closeIdle, 50);
    let force: NodeJS.Timeout | undefined;
    const deadline = setTimeout(() => {
      controller.abort(
        new GatewayError("overloaded", "The gateway was shut down before the answer was complete."),
      );
      for (const end of enders) end();
      force = setTimeout(() => {
        for (const response of running) response.destroy();
        app.server.closeAllConnections();
      }, lastWordsMs);
    }, timeoutMs);
    try {
      await Promise.all([app.close(), settled()]);
    } finally {
      clearInterval(sweep);
      clearTimeout(deadline);
      clearTimeout(force);
    }
  }

  function askToLeave(): void {
    draining = true;
    // Whose head is sent already has promised more; its connection gets one more request.
    for (const response of running) response.shouldKeepAlive = false;
    for (const end of leavers) end();
  }

  return {
    get begun() {
      return closed !== undefined;
    },
    get announced() {
      return announced;
    },
    announce() {
      announced = true;
      askToLeave();
    },
    get running() {
      return running.size;
    },
    deadline: controller.signal,
    whenLeaving(end) {
      if (draining || closed !== undefined) end();
      return leavers.add(end);
    },
    atDeadline(end) {
      if (controller.signal.aborted) end();
      return enders.add(end);
    },
    track(response) {
      if (draining) response.shouldKeepAlive = false;
      const remove = running.add(response);
      response.once("close", () => {
        remove();
        settle?.();
      });
    },
    watch(socket) {
      sockets.add(socket);
      socket.once("close", () => sockets.delete(socket));
    },
    async drain(app, timeoutMs) {
      askToLeave();
      let timer: NodeJS.Timeout | undefined;
      const timeout = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, timeoutMs);
      });
      await Promise.race([stopListening(app), timeout]);
      clearTimeout(timer);
    },
    close(app, timeoutMs) {
      if (closed !== undefined) return closed;
      closed = run(app, timeoutMs);
      for (const end of leavers) end();
      return closed;
    },
  };
}
