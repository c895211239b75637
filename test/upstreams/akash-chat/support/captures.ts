import { readdirSync, readFileSync } from "node:fs";

/** One recorded exchange: `test/fixtures/upstream/<generation>/<name>.http`. */
export interface Capture {
  /** `2025-07/100-chat-plain` */
  readonly name: string;
  readonly request: { readonly method: string; readonly path: string; readonly body: string };
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies: readonly string[];
  /** Chunked framing removed, bytes untouched. */
  readonly body: Buffer;
  /** False when the recording client left before the end. */
  readonly complete: boolean;
}

const root = new URL("../../../fixtures/upstream/", import.meta.url);
export const generations = ["2025-07", "2026-05"] as const;

/** All recordings, or those of the given request paths. */
export function readCaptures(wanted: (capture: Capture) => boolean = () => true): Capture[] {
  return generations.flatMap((generation) =>
    readdirSync(new URL(`${generation}/`, root))
      .filter((file) => file.endsWith(".http"))
      .map((file) => readCapture(`${generation}/${file.slice(0, -".http".length)}`))
      .filter(wanted),
  );
}

export function readCapture(name: string): Capture {
  const bytes = readFileSync(new URL(`${name}.http`, root));
  const requestAt = bytes.indexOf("=====REQUEST=====\n") + "=====REQUEST=====\n".length;
  const responseMark = bytes.indexOf("=====RESPONSE=====\n");
  const responseAt = responseMark + "=====RESPONSE=====\n".length;
  const endMark = bytes.lastIndexOf("\n=====END=====");
  const [requestHead, requestBody] = splitHead(bytes.subarray(requestAt, responseMark - 1));
  const [method = "", path = ""] = (requestHead[0] ?? "").split(" ");
  const request = { method, path, body: requestBody.toString("utf8") };
  const end = bytes.subarray(endMark).toString("utf8");

  const [head, raw] = splitHead(bytes.subarray(responseAt, endMark));
  const pairs = head.slice(1).map((line): [string, string] => {
    const at = line.indexOf(":");
    return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()];
  });
  const headers = Object.fromEntries(pairs);
  return {
    name,
    request,
    status: Number((head[0] ?? "").split(" ")[1] ?? 0),
    headers,
    cookies: pairs.filter(([key]) => key === "set-cookie").map(([, value]) => value),
    body: headers["transfer-encoding"] === "chunked" ? joinChunks(raw) : raw,
    complete: end.includes("response complete"),
  };
}

/** What the SDK's own reader made of the recorded chat replies. */
export interface Oracle {
  readonly text: string;
  readonly errors: readonly string[];
  readonly finish: readonly { readonly finishReason: string }[];
  readonly reader_error: string | null;
}

export function readOracle(name: string): Oracle | undefined {
  const [generation = "", file = ""] = name.split("/");
  const all = JSON.parse(readFileSync(new URL(`${generation}/DECODED.json`, root), "utf8")) as Record<
    string,
    Oracle
  >;
  return all[file];
}

function splitHead(bytes: Buffer): [lines: string[], body: Buffer] {
  const at = bytes.indexOf("\r\n\r\n");
  if (at === -1) return [bytes.toString("latin1").split("\r\n"), Buffer.alloc(0)];
  return [bytes.subarray(0, at).toString("latin1").split("\r\n"), bytes.subarray(at + 4)];
}

function joinChunks(raw: Buffer): Buffer {
  const parts: Buffer[] = [];
  let at = 0;
  while (at < raw.length) {
    const lineEnd = raw.indexOf("\r\n", at);
    if (lineEnd === -1) break;
    const size = Number.parseInt(raw.subarray(at, lineEnd).toString("latin1"), 16);
    if (!(size > 0)) break;
    parts.push(raw.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
  return Buffer.concat(parts);
}
