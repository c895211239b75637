import { GatewayError, shorten } from "../../errors.ts";
import type { FilePart, ImagePart, TextPart } from "../../model/request.ts";
import { parseDataUrl } from "../data-url.ts";
import { decodeBase64Text, isTextType } from "../text-media.ts";
import type { ContentPart } from "./input-schema.ts";

function unsupported(message: string, param: string): GatewayError {
  return new GatewayError("unsupported", message, { param });
}

function toImage(part: Extract<ContentPart, { type: "input_image" }>, param: string): ImagePart {
  if (part.image_url === undefined) {
    throw part.file_id === undefined
      ? new GatewayError("invalid-request", `'${param}.image_url' is missing: expected string.`, { param })
      : unsupported(
          "This gateway stores no files: send the image itself as a data URL, or its http(s) URL, in image_url.",
          `${param}.file_id`,
        );
  }
  const inline = parseDataUrl(part.image_url);
  if (inline?.isBase64 === true && inline.mediaType.startsWith("image/")) {
    const { mediaType, data: base64 } = inline;
    return { type: "image", source: { kind: "data", mediaType, base64 } };
  }
  if (/^https?:\/\//i.test(part.image_url)) {
    return { type: "image", source: { kind: "url", url: part.image_url } };
  }
  throw new GatewayError(
    "invalid-request",
    "The image URL must begin with https://, http:// or data:image/…;base64,.",
    {
      param: `${param}.image_url`,
    },
  );
}

function toFile(part: Extract<ContentPart, { type: "input_file" }>, param: string): FilePart {
  const { file_data: data, filename: name = "file.txt" } = part;
  if (data === undefined) {
    throw unsupported(
      "This gateway neither stores nor fetches files: send the file's text in file_data.",
      part.file_id === undefined ? `${param}.file_url` : `${param}.file_id`,
    );
  }
  const inline = parseDataUrl(data);
  if (inline === undefined) return { type: "file", name, mediaType: "text/plain", text: data };
  // RFC 2397: without a type it is text.
  const mediaType = inline.mediaType || "text/plain";
  if (!isTextType(mediaType)) {
    const shown = shorten(mediaType);
    throw new GatewayError(
      "unsupported",
      `A file of type ${shown} can't be read here: the model takes text only. Extract its text and send that.`,
      { param: `${param}.file_data`, sent: [shown] },
    );
  }
  try {
    const text = inline.isBase64 ? decodeBase64Text(inline.data) : decodeURIComponent(inline.data);
    return { type: "file", name, mediaType, text };
  } catch {
    throw new GatewayError("invalid-request", "The file is not UTF-8 text, in base64 where it says so.", {
      param: `${param}.file_data`,
    });
  }
}

/** A part as the model understands it. `param` is where it stands in the request. */
function parsePart(part: ContentPart, param: string): TextPart | ImagePart | FilePart {
  switch (part.type) {
    case "input_image":
      return toImage(part, param);
    case "input_file":
      return toFile(part, param);
    case "refusal":
      return { type: "text", text: part.refusal };
    default:
      return { type: "text", text: part.text };
  }
}

/** Content of a user's message; a string is one text. Throws `GatewayError` for what cannot be sent. */
export function parseParts(
  content: string | readonly ContentPart[],
  param: string,
): readonly (TextPart | ImagePart | FilePart)[] {
  if (typeof content === "string") return [{ type: "text", text: content }];
  return content.map((part, index) => parsePart(part, `${param}[${index}]`));
}

/** Content that may hold text only, as of a system message. Throws kind `invalid-request` otherwise. */
export function parseTexts(content: string | readonly ContentPart[], param: string): readonly TextPart[] {
  return parseParts(content, param).map((part, index) => {
    if (part.type === "text") return part;
    throw new GatewayError(
      "invalid-request",
      "Only a user's message may hold images and files; this one takes text.",
      {
        param: `${param}[${index}]`,
      },
    );
  });
}

/** What a tool answered: text and images; a file counts as its text. */
export function parseResultContent(
  content: string | readonly ContentPart[],
  param: string,
): readonly (TextPart | ImagePart)[] {
  return parseParts(content, param).map((part) =>
    part.type === "file" ? { type: "text", text: part.text } : part,
  );
}
