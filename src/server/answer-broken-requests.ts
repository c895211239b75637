import type * as Http from "node:http";
import { createRequire } from "node:module";
import type { Socket } from "node:net";

import { encodeOpenAiError } from "../dialects/encode-openai-error.ts";
import { GatewayError } from "../errors.ts";

/** An `import` reads every name of a module, and two of this one's load Node's `fetch`: 13 MB and 20 ms of each start. */
const http: typeof Http = createRequire(import.meta.url)("node:http");

/** What Node's parser says of requests that it can't read. */
function toError(code: string | undefined): GatewayError {
  switch (code) {
    case "HPE_HEADER_OVERFLOW":
      return new GatewayError("invalid-request", "The URL or the headers are too long.", { status: 431 });
    case "HPE_CHUNK_EXTENSIONS_OVERFLOW":
      return new GatewayError("payload-too-large", "The extensions of the body's chunks are too long.");
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return new GatewayError("invalid-request", "The request took too long to arrive.", { status: 408 });
    default:
      return new GatewayError("invalid-request", "The request is not valid HTTP.");
  }
}

/**
 * Answers what never became a request, in OpenAI's form, which old scripts read as well. No dialect is known then.
 * The connection is closed: what follows on it can't be told apart.
 */
export function answerBrokenRequest(failure: Error & { readonly code?: string }, socket: Socket): void {
  // Node's own mark of the answer whose turn it is: once it has begun, a second one would be written into it.
  const answer: unknown = Reflect.get(socket, "_httpMessage");
  const isAnswering = answer instanceof http.ServerResponse && answer.headersSent;
  if (failure.code === "ECONNRESET" || !socket.writable || isAnswering) {
    socket.destroy();
    return;
  }
  const { status, body } = encodeOpenAiError(toError(failure.code));
  const text = JSON.stringify(body);
  socket.end(
    `HTTP/1.1 ${status} ${http.STATUS_CODES[status]}\r\nContent-Type: application/json; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(text)}\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n${text}`,
  );
}
