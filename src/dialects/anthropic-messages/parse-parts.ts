import { shorten } from "../../errors.ts";
import type { FilePart, ImagePart } from "../../model/request.ts";
import { parseDataUrl } from "../data-url.ts";
import { decodeBase64Text, isTextType } from "../text-media.ts";
import { type FieldPath, toFieldError } from "./parse-body.ts";
import type { WireDocument, WireImage, WireSearchResult } from "./request-schema.ts";

/** An image of the request. Throws `unsupported` for one that was uploaded elsewhere. */
export function toImage({ source }: WireImage, path: FieldPath): ImagePart {
  if (source.type === "file") {
    throw toFieldError(
      [...path, "source"],
      "This gateway stores no files: send the image as base64 or by its URL.",
      { kind: "unsupported" },
    );
  }
  if (source.type === "base64") {
    return { type: "image", source: { kind: "data", mediaType: source.media_type, base64: source.data } };
  }
  const inline = parseDataUrl(source.url);
  if (inline?.isBase64 !== true) return { type: "image", source: { kind: "url", url: source.url } };
  const { mediaType, data: base64 } = inline;
  return { type: "image", source: { kind: "data", mediaType, base64 } };
}

/** Text of a document that came as base64. Only text formats can be read. */
function decodeText(source: { media_type: string; data: string }, path: FieldPath): string {
  if (!isTextType(source.media_type)) {
    const shown = shorten(source.media_type);
    throw toFieldError(
      [...path, "media_type"],
      `A document of type ${shown} can't be read here: the model takes text only. Extract its text and send it as {"type":"text","media_type":"text/plain","data":"…"}.`,
      { kind: "unsupported", sent: [shown] },
    );
  }
  try {
    return decodeBase64Text(source.data);
  } catch {
    throw toFieldError([...path, "data"], "The document is not UTF-8 text in base64.");
  }
}

/**
 * A document's text, and the images that stood inside it. Throws `unsupported` for PDF and for what would have
 * to be fetched, `invalid-request` for bytes that are no text.
 */
export function readDocument(block: WireDocument, path: FieldPath): { file: FilePart; images: ImagePart[] } {
  const { source } = block;
  const at = [...path, "source"];
  const images: ImagePart[] = [];
  let content: string;
  switch (source.type) {
    case "text":
      content = source.data;
      break;
    case "base64":
      content = decodeText(source, at);
      break;
    case "content":
      content = source.content
        .flatMap((part, index) => {
          if (part.type === "text") return [part.text];
          images.push(toImage(part, [...at, "content", index]));
          return [];
        })
        .join("\n\n");
      break;
    case "url":
    case "file":
      throw toFieldError(
        at,
        'This gateway can\'t fetch documents: send the text itself as {"type":"text","media_type":"text/plain","data":"…"}.',
        { kind: "unsupported" },
      );
  }
  const whole = block.context ? `${block.context}\n\n${content}` : content;
  return {
    file: { type: "file", name: block.title || "document.txt", mediaType: "text/plain", text: whole },
    images,
  };
}

/** A search result as the model reads it: title, source, then the text. */
export function describeSearchResult(block: WireSearchResult): string {
  return [block.title, block.source, ...block.content.map((part) => part.text)].join("\n");
}
