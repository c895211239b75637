import type { Duplex } from "node:stream";

import { buildConnector, Pool } from "undici";

/**
 * Creates the connections to an origin, for `factory` of an agent. undici closes a connection that answers 100
 * (Continue) to a request that did not wait for it, though servers may (RFC 9110, section 15.2.1), and so loses the
 * answer behind it. Any other interim head it passes over.
 */
export function createTolerantPool(origin: string | URL, options: Pool.Options): Pool {
  const { connect } = options;
  const connector = typeof connect === "function" ? connect : buildConnector(connect ?? {});
  return new Pool(origin, {
    ...options,
    connect(target, done) {
      connector(target, (error, socket) => {
        if (error !== null) done(error, null);
        else done(null, renameContinue(socket));
      });
    },
  });
}

const newline = 0x0a;
const carriageReturn = 0x0d;
const zero = 0x30;
/** Where the status stands in `HTTP/1.1 100 Continue`. */
const statusAt = 9;

/**
 * Makes each head of status 100 that a socket reads one of 102 (Processing), which means as little. Relies on a reply
 * being read whole before the next request is written.
 */
export function renameContinue<S extends Pick<Duplex, "read" | "write">>(socket: S): S {
  const read = socket.read.bind(socket);
  const write = socket.write.bind(socket);
  /** Bytes of the head under way that were seen. From the status of the reply itself on nothing is looked at. */
  let seen: number | undefined;
  let status = 0;
  let isLineEmpty = false;

  function expectHead(): void {
    seen = 0;
    status = 0;
    isLineEmpty = false;
  }

  function scan(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length && seen !== undefined; at += 1) {
      const byte = chunk[at] ?? 0;
      if (seen >= statusAt && seen < statusAt + 3) status = status * 10 + byte - zero;
      seen += 1;
      if (seen === statusAt + 3) {
        if (status === 100) chunk[at] = zero + 2;
        else if (status < 102 || status > 199) seen = undefined;
      }
      if (byte === newline && isLineEmpty) expectHead();
      else if (byte === newline) isLineEmpty = true;
      else if (byte !== carriageReturn) isLineEmpty = false;
    }
  }

  socket.read = (size?: number): unknown => {
    const chunk: unknown = read(size);
    if (seen !== undefined && chunk instanceof Uint8Array) scan(chunk);
    return chunk;
  };
  socket.write = (...parameters: unknown[]) => {
    expectHead();
    return Boolean(Reflect.apply(write, socket, parameters));
  };
  return socket;
}
