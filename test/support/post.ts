import { request } from "undici";

/** Any JSON, to be looked into without ceremony: tests compare it with what they expect. */
export type AnyJson = ReturnType<typeof JSON.parse>;

/** A reply, read whole. */
export interface Reply {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly text: string;
  /** The text as JSON; throws if it is none. */
  json(): AnyJson;
}

/** Posts a body (an object is sent as JSON) on a connection of its own. */
export async function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Reply> {
  return send("POST", url, typeof body === "string" ? body : JSON.stringify(body), {
    "content-type": "application/json",
    ...headers,
  });
}

/** Sends a request without a body. */
export async function get(url: string, headers: Record<string, string> = {}): Promise<Reply> {
  return send("GET", url, null, headers);
}

/** Sends any request. */
export async function send(
  method: string,
  url: string,
  body: string | null,
  headers: Record<string, string> = {},
): Promise<Reply> {
  const reply = await request(url, { method: method as "GET", body, headers, reset: true });
  const text = await reply.body.text();
  return { status: reply.statusCode, headers: reply.headers, text, json: () => JSON.parse(text) };
}

/** The `data:` payloads of an SSE text, in order. Throws on any other line. */
export function readData(text: string): string[] {
  return text.split("\n\n").flatMap((frame) => {
    if (frame === "") return [];
    if (!/^data: .*$/.test(frame)) throw new Error(`Not a plain data frame: ${frame}`);
    return [frame.slice("data: ".length)];
  });
}

/** The chunk objects of a stream that ended with `[DONE]`. */
export function readChunks(text: string): AnyJson[] {
  const data = readData(text);
  if (data.pop() !== "[DONE]") throw new Error(`The stream has no [DONE]: ${text.slice(-200)}`);
  return data.map((json) => JSON.parse(json));
}
