import type { IncomingHttpHeaders } from "node:http";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

import { Busboy } from "@fastify/busboy";

import type { ReadForm } from "../dialects/openai-audio/index.ts";
import { GatewayError } from "../errors.ts";
import { refuseLargeBody } from "./dialect-errors.ts";

/** More than any API's form has. */
const most = { fields: 200, files: 4, fieldSize: 1_048_576, fieldNameSize: 200, headerPairs: 100 };

function refuse(text: string, cause?: unknown): GatewayError {
  return new GatewayError("invalid-request", `The form can't be read: ${text}.`, {
    cause,
    shouldRetry: false,
  });
}

/**
 * Reads a body of type `multipart/form-data` into memory, `limit` bytes at most: of a recording the model has to be known before anybody can be asked, and what is
 * sent again to another upstream has to be there. Rejects with `GatewayError` (`payload-too-large`, `invalid-request`), or with what broke the body off.
 */
export async function readForm(
  payload: Readable,
  headers: IncomingHttpHeaders,
  limit: number,
): Promise<ReadForm> {
  // Before a byte of it is read, as with other bodies; nobody has to send it first.
  if (Number(headers["content-length"]) > limit) throw refuseLargeBody(limit);
  const fields: (readonly [string, string])[] = [];
  const files: ReadForm["files"][number][] = [];
  let problem: GatewayError | undefined;
  const parser = openParser(headers);
  /** A part may say no name at all, whatever its type is here. */
  function checkName(name: string | undefined): void {
    if (name === undefined || name === "") problem ??= refuse("a part of it has no name");
  }
  parser.on("field", (name, value, isNameCut, isCut) => {
    checkName(name);
    if (isNameCut || isCut) problem ??= refuse(`a field is longer than ${most.fieldSize} bytes`);
    fields.push([name, value]);
  });
  parser.on("file", (field, stream, name, _encoding, type) => {
    checkName(field);
    const parts: Buffer[] = [];
    stream.on("data", (part: Buffer) => parts.push(part));
    // A form that ends within a file fails twice: the parser's failure is the one that is told, but nobody who listens to the file's would be the end of the process.
    stream.on("error", () => undefined);
    stream.on("end", () => files.push([field, { name: name || field, type, bytes: Buffer.concat(parts) }]));
  });
  for (const event of ["fieldsLimit", "filesLimit", "partsLimit"] as const)
    parser.on(event, () => {
      problem ??= refuse("it has too many parts");
    });

  async function* count(source: AsyncIterable<Buffer>) {
    let bytes = 0;
    for await (const piece of source) {
      bytes += piece.length;
      if (bytes > limit) throw refuseLargeBody(limit);
      yield piece;
    }
  }

  try {
    await pipeline(payload, count, parser);
  } catch (error) {
    // A client that leaves, or a coding that is none, is no mistake of the form.
    if (error instanceof GatewayError || payload.errored !== null) throw error;
    throw refuse("it ends too soon or is not written as its Content-Type says", error);
  }
  if (problem !== undefined) throw problem;
  return { fields, files };
}

function openParser(headers: IncomingHttpHeaders) {
  try {
    return new Busboy({
      headers: { ...headers, "content-type": headers["content-type"] ?? "" },
      limits: most,
    });
  } catch (error) {
    throw refuse("its Content-Type has no boundary", error);
  }
}
