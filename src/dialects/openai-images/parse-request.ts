import { GatewayError } from "../../errors.ts";
import { pictureSettings, type ImageEncoding, type PictureRequest } from "../../model/picture.ts";
import { findIgnored } from "../find-ignored.ts";
import { parseBody } from "../parse-body.ts";
import { requestSchema, type RequestBody } from "./request-schema.ts";

/** An images request, understood. */
export interface ParsedImages {
  readonly request: PictureRequest;
  /** The model as the client wrote it. */
  readonly model: string | undefined;
  readonly stream: boolean;
  /** Parameters that were accepted without effect, as the client spelled them. */
  readonly ignored: readonly string[];
}

/** Parses a body. Throws kind `invalid-request`, or `unsupported` for what the upstream can't do. */
export function parseRequest(body: unknown): ParsedImages {
  const parsed = parseBody(requestSchema, body);
  refuseUnsupported(parsed);
  const stream = parsed.stream ?? false;
  return {
    request: {
      prompt: parsed.prompt,
      count: parsed.n ?? 1,
      delivery: (parsed.response_format ?? toDefaultFormat(parsed)) === "url" ? "link" : "bytes",
      encoding: toEncoding(parsed),
      ...toSettings(parsed),
    },
    model: parsed.model ?? undefined,
    stream,
    ignored: [...listIgnored(parsed), ...findIgnored(parsed, understood)],
  };
}

/**
 * As in the reference: streams carry the bytes, and so do OpenAI's GPT image models, whose names an alias may
 * lead here. Their clients read nothing else.
 */
function toDefaultFormat({ stream, model }: RequestBody): "url" | "b64_json" {
  return stream === true || /^(?:chat)?gpt-image/i.test(model ?? "") ? "b64_json" : "url";
}

function refuseUnsupported(body: RequestBody): void {
  for (const param of ["image", "mask"] as const) {
    if (body[param] === undefined || body[param] === null) continue;
    throw new GatewayError(
      "unsupported",
      `'${param}' is not supported: the models here draw from text alone. Describe the picture in 'prompt'.`,
      { param },
    );
  }
  if (body.background === "transparent") {
    throw new GatewayError(
      "unsupported",
      "'background' can't be 'transparent': the models here draw opaque pictures. Leave it out.",
      { param: "background" },
    );
  }
  if (body.output_format === "png" && (body.output_compression ?? 100) < 100) {
    throw new GatewayError(
      "unsupported",
      "'output_compression' works with the output_format 'jpeg' or 'webp', not with 'png'.",
      { param: "output_compression" },
    );
  }
}

/** 100 is the reference's default and means no compression beyond the usual. */
function toEncoding({ output_format, output_compression }: RequestBody): ImageEncoding | undefined {
  const compressed =
    output_compression !== undefined && output_compression !== null && output_compression < 100;
  const format = output_format ?? (compressed ? "webp" : undefined);
  if (format === undefined) return undefined;
  return compressed ? { format, quality: Math.max(1, output_compression) } : { format };
}

/** Fields that have an effect, or that `listIgnored` judges. */
const understood: ReadonlySet<string> = new Set(
  Object.keys(requestSchema.shape).filter((name) => name !== "user"),
);

/** `auto` leaves the choice to the model, so it is none. */
function isChosen(value: string | null | undefined): value is string {
  return value !== undefined && value !== null && value !== "auto" && value !== "";
}

function toSettings(body: RequestBody): Pick<PictureRequest, "settings"> {
  const chosen = pictureSettings.flatMap((name): [string, string][] => {
    const value = body[name];
    return isChosen(value) ? [[name, value]] : [];
  });
  return chosen.length === 0 ? {} : { settings: Object.fromEntries(chosen) };
}

/** What no upstream has a place for. Which settings have an effect shows when one draws. */
function listIgnored(body: RequestBody): string[] {
  const ignored: string[] = isChosen(body.moderation) ? ["moderation"] : [];
  // The upstream shows nothing before a picture is done; the reference allows fewer partial images, too.
  if ((body.partial_images ?? 0) > 0) ignored.push("partial_images");
  return ignored;
}
