import type { AudioRequest } from "../../model/audio.ts";
import { parseBody } from "../parse-body.ts";
import { requestSchema } from "./request-schema.ts";

/**
 * Parses the body of `POST /v1/audio/speech`. All its fields go to the upstream, which judges them. `model` is as the client wrote it; empty: it names none. Throws
 * `invalid-request` that names the field.
 */
export function parseRequest(body: unknown): AudioRequest {
  const { model = "", input, ...fields } = parseBody(requestSchema, body);
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  return { kind: "speech", model, input, fields: Object.fromEntries(given) };
}
