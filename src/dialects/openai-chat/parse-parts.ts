import { GatewayError, shorten } from "../../errors.ts";
import type { FilePart, ImagePart, TextPart } from "../../model/request.ts";
import { parseDataUrl } from "../data-url.ts";
import { decodeBase64Text, isTextType } from "../text-media.ts";
import type { WireContent, WirePart } from "./message-schema.ts";

/** An image part's URL: `data:` with base64, or http(s). Throws `invalid-request` that names `param`. */
function parseImageUrl(url: string, param: string): ImagePart {
  const inline = parseDataUrl(url);
  if (inline !== undefined) {
    const { mediaType, isBase64, data: base64 } = inline;
    if (!isBase64 || !mediaType.startsWith("image/")) {
      throw new GatewayError("invalid-request", `'${param}' must be an image as 'data:image/…;base64,…'.`, {
        param,
      });
    }
    return { type: "image", source: { kind: "data", mediaType, base64 } };
  }
  if (/^https?:\/\//i.test(url)) return { type: "image", source: { kind: "url", url } };
  throw new GatewayError("invalid-request", `'${param}' must be an http(s) URL or a data URL.`, { param });
}

/** A file part's `file`, whose `file_data` is a data URL or bare base64. */
interface WireFile {
  readonly filename?: string | undefined;
  readonly file_data?: string | undefined;
}

/** The text of a file part. Throws kind `unsupported` for files that are not text or not sent along. */
function parseFile(file: WireFile, param: string): FilePart {
  const { filename, file_data: data } = file;
  if (data === undefined) {
    throw new GatewayError(
      "unsupported",
      `'${param}' must carry its text as 'file_data': no files are kept here, so a 'file_id' leads nowhere.`,
      {
        param,
      },
    );
  }
  const inline = parseDataUrl(data);
  const mediaType = (inline?.mediaType ?? "") || "text/plain";
  if (!isTextType(mediaType)) {
    const shown = shorten(mediaType);
    throw new GatewayError(
      "unsupported",
      `'${param}' is ${shown}. Only text files can be read; send its text.`,
      { param, sent: [shown] },
    );
  }
  const encoded = inline?.data ?? data;
  const bare = inline !== undefined && !inline.isBase64;
  try {
    const text = bare ? decodeURIComponent(encoded) : decodeBase64Text(encoded);
    return { type: "file", name: filename ?? "file.txt", mediaType, text };
  } catch (error) {
    throw new GatewayError(
      "unsupported",
      `'${param}' is not UTF-8 text${bare ? "" : " in base64"}. Only text files can be read.`,
      {
        param,
        cause: error,
      },
    );
  }
}

/** A content part of any kind. */
export type AnyPart = TextPart | ImagePart | FilePart;

function parsePart(part: WirePart, param: string): AnyPart {
  switch (part.type) {
    case "text":
    case "input_text":
    case "output_text":
      return { type: "text", text: part.text };
    case "refusal":
      return { type: "text", text: part.refusal };
    case "image_url":
    case "input_image":
      return parseImageUrl(part.image_url, `${param}.image_url`);
    case "file":
      return parseFile(part.file, `${param}.file`);
    default:
      throw new GatewayError(
        "unsupported",
        `'${param}' is audio (input_audio), which the models here can't hear. Send text.`,
        {
          param,
        },
      );
  }
}

/** The parts of a message, which stand in the field `param`; a string is one text. Throws `GatewayError` that names the part. */
export function parseParts(content: WireContent, param: string): AnyPart[] {
  if (typeof content === "string") return [{ type: "text", text: content }];
  return content.map((part, index) => parsePart(part, `${param}[${index}]`));
}

/** Narrows parts to the kinds that a role may have. Throws kind `invalid-request` for any other. */
export function only<K extends AnyPart["type"]>(
  parts: readonly AnyPart[],
  kinds: readonly K[],
  param: string,
  role: string,
) {
  return parts.map((part, index) => {
    // `includes` wants a K to ask for, and narrows nothing.
    if ((kinds as readonly string[]).includes(part.type)) return part as Extract<AnyPart, { type: K }>;
    const where = `${param}[${index}]`;
    throw new GatewayError("invalid-request", `'${where}' must be text in a message of role ${role}.`, {
      param: where,
    });
  });
}
