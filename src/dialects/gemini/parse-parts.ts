import { GatewayError, shorten } from "../../errors.ts";
import type { FilePart, ImagePart, TextPart } from "../../model/request.ts";
import { decodeBase64Text, isTextType } from "../text-media.ts";
import type { WireFileData, WireFunctionResponse, WireInlineData, WirePart } from "./request-schema.ts";

/** Python's SDK sends base64 in the alphabet of URLs, which Google's parser takes as well. */
function toBase64(data: string): string {
  return /[-_]/.test(data) ? data.replaceAll("-", "+").replaceAll("_", "/") : data;
}

function refuse(
  kind: "invalid-request" | "unsupported",
  param: string,
  text: string,
  sent: string[] = [],
): GatewayError {
  return new GatewayError(kind, `'${param}' ${text}`, { param, sent });
}

/** Bytes that came along: an image, or a text. Throws `unsupported` for audio, video and other files. */
export function parseInlineData(blob: WireInlineData, param: string): ImagePart | FilePart {
  const mediaType = blob.mimeType.trim().toLowerCase();
  const base64 = toBase64(blob.data);
  if (mediaType.startsWith("image/")) return { type: "image", source: { kind: "data", mediaType, base64 } };
  if (!isTextType(mediaType)) {
    const shown = shorten(mediaType);
    const text = `is '${shown}'. Only images and text files can be read; send its text.`;
    throw refuse("unsupported", `${param}.mimeType`, text, [shown]);
  }
  try {
    return { type: "file", name: blob.displayName ?? "file.txt", mediaType, text: decodeBase64Text(base64) };
  } catch {
    throw refuse("invalid-request", `${param}.data`, "is not UTF-8 text in base64.");
  }
}

/** Where files are that were uploaded to Google. */
const uploaded = /^(?:gs:|files\/|https?:\/\/generativelanguage\.googleapis\.com\/)/i;

/** An image by its address. Throws `unsupported` for what was uploaded, and for what is no image. */
export function parseFileData(
  { fileUri: url, mimeType = "image/*" }: WireFileData,
  param: string,
): ImagePart {
  if (uploaded.test(url) || !/^https?:\/\//i.test(url)) {
    const text =
      "leads to a file that is not here: this gateway stores none. Send the bytes as 'inlineData'.";
    throw refuse("unsupported", `${param}.fileUri`, text);
  }
  if (mimeType.toLowerCase().startsWith("image/")) return { type: "image", source: { kind: "url", url } };
  const shown = shorten(mimeType);
  const text = `is '${shown}': only images are fetched. Send the text itself.`;
  throw refuse("unsupported", `${param}.mimeType`, text, [shown]);
}

/** Code that Google's servers ran in an earlier turn, and what came of it, in words. */
export function describeCode({
  executableCode: code,
  codeExecutionResult: result,
}: WirePart): string | undefined {
  if (code !== undefined) return `\`\`\`${(code.language ?? "").toLowerCase()}\n${code.code ?? ""}\n\`\`\`\n`;
  if (result === undefined) return undefined;
  return `[${result.outcome ?? "code execution"}]\n${result.output ?? ""}\n`;
}

/**
 * What a function answered: its `output` where that is all of it, as its reference has it, an `error` likewise, else the whole object as JSON.
 * Source: https://ai.google.dev/api/caching#FunctionResponse
 */
function readResult(response: Readonly<Record<string, unknown>>): {
  readonly text: string;
  readonly isError: boolean;
} {
  const [only, ...others] = Object.entries(response);
  const [name, value] = others.length === 0 && only !== undefined ? only : [];
  if (name !== "output" && name !== "error") return { text: JSON.stringify(response), isError: false };
  return { text: typeof value === "string" ? value : JSON.stringify(value), isError: name === "error" };
}

/** The content of a result. Throws as `parseInlineData` does. */
export function parseResult(
  { response = {}, parts = [] }: WireFunctionResponse,
  param: string,
): { readonly content: readonly (TextPart | ImagePart)[]; readonly isError: boolean } {
  const { text, isError } = readResult(response);
  const content: (TextPart | ImagePart)[] = [{ type: "text", text }];
  for (const [at, { inlineData, fileData }] of parts.entries()) {
    const place = `${param}.parts[${at}]`;
    if (fileData !== undefined) content.push(parseFileData(fileData, `${place}.fileData`));
    if (inlineData === undefined) continue;
    const part = parseInlineData(inlineData, `${place}.inlineData`);
    content.push(part.type === "file" ? { type: "text", text: `${part.name}:\n${part.text}` } : part);
  }
  return { content, isError };
}
