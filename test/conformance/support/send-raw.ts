import { request } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";

/** A POST whose bytes are sent as they are. */
export interface RawRequest {
  readonly path: string;
  /** Several pieces are written one by one, without a length. */
  readonly body: Buffer | readonly Buffer[];
  readonly headers: Readonly<Record<string, string>>;
}

/** Sends a POST, or any bytes on a bare socket, and reads the reply to its end. */
export async function sendRaw(
  url: string,
  sent: RawRequest | string,
): Promise<{ readonly status: number; readonly text: string }> {
  if (typeof sent === "string") return sendBytes(url, sent);
  return new Promise((resolve, reject) => {
    const { path, body, headers } = sent;
    const outgoing = request(url + path, { method: "POST", agent: false, headers }, (incoming) => {
      text(incoming).then((read) => resolve({ status: incoming.statusCode ?? 0, text: read }), reject);
    });
    outgoing.on("error", reject);
    for (const piece of Buffer.isBuffer(body) ? [body] : body) outgoing.write(piece);
    outgoing.end();
  });
}

async function sendBytes(url: string, bytes: string) {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.write(bytes);
  const read = await text(socket);
  const [head = "", body = ""] = read.split(/\r\n\r\n/s);
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1]), text: body };
}
