import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A network between a client and a server, which a test takes away. */
export interface TcpProxy extends AsyncDisposable {
  readonly port: number;
  /** How many connections were tried so far. */
  readonly tried: number;
  /** Breaks all connections, and refuses new ones. */
  cut(): void;
  /** Nothing arrives any more, on connections that are there and on new ones: neither way, or `answers` only. No connection breaks. */
  freeze(what: "all" | "answers"): void;
  /** The next question that has this text in it arrives; its answer never does, on a connection that does not break. */
  loseAnswerTo(text: string): void;
  /** New connections work again. What was frozen stays so. */
  mend(): void;
  /** What was frozen arrives, and what was sent meanwhile first. */
  thaw(): void;
}

/** One direction of a connection. */
interface Pipe {
  readonly what: "question" | "answer";
  readonly from: Socket;
  readonly to: Socket;
  frozen: Buffer[] | undefined;
}

/** Starts a proxy before a port of this machine. */
export async function startTcpProxy(targetPort: number): Promise<TcpProxy> {
  const pipes = new Set<Pipe>();
  let state: "open" | "cut" | "all" | "answers" = "open";
  let tried = 0;
  let unanswered: string | undefined;

  function isFrozen(what: Pipe["what"]): boolean {
    return state === "all" || (state === "answers" && what === "answer");
  }

  function loseAnswer(client: Socket): void {
    unanswered = undefined;
    for (const own of pipes) if (own.to === client) own.frozen ??= [];
  }

  function pipe(what: Pipe["what"], from: Socket, to: Socket): void {
    const own: Pipe = { what, from, to, frozen: isFrozen(what) ? [] : undefined };
    pipes.add(own);
    from.on("data", (chunk: Buffer) => {
      if (what === "question" && unanswered !== undefined && chunk.includes(unanswered)) loseAnswer(from);
      if (own.frozen === undefined) to.write(chunk);
      else own.frozen.push(chunk);
    });
    // Breaks are what this is for.
    from.on("error", () => {});
    from.on("close", () => {
      // What is frozen is under way, although its sender has gone.
      if (own.frozen === undefined) end(own);
    });
  }

  function end(own: Pipe): void {
    pipes.delete(own);
    own.to.end();
  }

  const server = createServer((client) => {
    tried += 1;
    if (state === "cut") {
      client.destroy();
      return;
    }
    const upstream = connect(targetPort, "127.0.0.1");
    pipe("question", client, upstream);
    pipe("answer", upstream, client);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;

  function breakAll(): void {
    for (const { from, to } of pipes) {
      from.destroy();
      to.destroy();
    }
    pipes.clear();
  }

  return {
    port,
    get tried() {
      return tried;
    },
    cut() {
      state = "cut";
      breakAll();
    },
    freeze(what) {
      state = what;
      for (const own of pipes) if (isFrozen(own.what)) own.frozen ??= [];
    },
    loseAnswerTo(text) {
      unanswered = text;
    },
    mend() {
      state = "open";
    },
    thaw() {
      state = "open";
      for (const own of pipes) {
        const { frozen } = own;
        if (frozen === undefined) continue;
        own.frozen = undefined;
        for (const chunk of frozen) own.to.write(chunk);
        if (own.from.destroyed) end(own);
      }
    },
    async [Symbol.asyncDispose]() {
      breakAll();
      server.close();
      await once(server, "close");
    },
  };
}
