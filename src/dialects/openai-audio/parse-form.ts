import { GatewayError, shorten } from "../../errors.ts";
import type { AudioFile, AudioRequest } from "../../model/audio.ts";

/** A form (`multipart/form-data`), read. */
export interface ReadForm {
  readonly fields: readonly (readonly [name: string, value: string])[];
  readonly files: readonly (readonly [name: string, file: AudioFile])[];
}

/** What `stream` may be. Anything else would be taken for one of them by some servers and for the other by others. */
const truths: ReadonlySet<string> = new Set(["true", "false", "True", "False", "1", "0"]);

function refuse(param: string, text: string): GatewayError {
  const field = shorten(param);
  return new GatewayError("invalid-request", `'${field}' ${text}.`, { param: field, sent: [field] });
}

/**
 * Reads the form of `POST /v1/audio/transcriptions` or `/v1/audio/translations`. All its fields go to the upstream, which judges them. Throws
 * `invalid-request` that names the field.
 */
export function parseForm(kind: "transcription" | "translation", form: ReadForm): AudioRequest {
  const { fields, files } = form;
  const [first, ...others] = files.filter(([name]) => name === "file");
  const other = files.find(([name]) => name !== "file")?.[0];
  if (other !== undefined) throw refuse(other, "is a file, and only 'file' may be one");
  if (first === undefined) {
    const isText = fields.some(([name]) => name === "file");
    throw refuse("file", isText ? "is no file: send it with a filename" : "is missing: expected a recording");
  }
  if (others.length > 0) throw refuse("file", "is there more than once: one recording at a time");
  const [, file] = first;
  if (file.bytes.length === 0) throw refuse("file", "is empty");
  const models = fields.filter(([name]) => name === "model");
  if (models.length > 1) throw refuse("model", "is there more than once");
  const stream = fields.find(([name]) => name === "stream")?.[1];
  if (stream !== undefined && stream !== "" && !truths.has(stream))
    throw refuse("stream", "is not valid: expected true or false");
  return {
    kind,
    model: models[0]?.[1] ?? "",
    file,
    fields: fields.filter(([name]) => name !== "model"),
  };
}
