import { createHmac, timingSafeEqual } from "node:crypto";
import type { ImageEncoding } from "../model/picture.ts";
import type { ImageLink } from "./image-service.ts";

/** The path that image links begin with. */
export const imageFilesPath = "/v1/images/files/";

/**
 * What a file of the upstream's image route may be called: one path segment of plain characters, so that neither
 * `..`, `%2F`, `?` nor a hidden file can be meant.
 */
const fileNamePattern = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}$/;

/** 128 bits are plenty for a tag that can only be tried against this server. */
const signatureBytes = 16;

/** True for a bare file name that can stand in a URL as it is. */
export function isImageFileName(name: string): boolean {
  return fileNamePattern.test(name) && !name.includes("..");
}

/** Signs and checks the links of one secret. */
export interface LinkSigner {
  /** `<baseUrl>/v1/images/files/<name>?[format=…&quality=…&]sig=…` */
  encode(fileName: string, baseUrl: string, encoding?: ImageEncoding): string;
  /** Whether this gateway made the link, compared in constant time. */
  verify(link: ImageLink): boolean;
}

/** Creates a signer. The signature covers the conversion too, so nobody can have others computed. */
export function createLinkSigner(secret: string): LinkSigner {
  function sign(fileName: string, encoding: ImageEncoding | undefined): Buffer {
    // The parts can't run into each other: a file name holds no line break.
    const text = `${fileName}\n${encoding?.format ?? ""}\n${encoding?.quality ?? ""}`;
    return createHmac("sha256", secret).update(text).digest().subarray(0, signatureBytes);
  }

  return {
    encode(fileName, baseUrl, encoding) {
      const query = new URLSearchParams();
      if (encoding !== undefined) query.set("format", encoding.format);
      if (encoding?.quality !== undefined) query.set("quality", String(encoding.quality));
      query.set("sig", sign(fileName, encoding).toString("base64url"));
      return `${baseUrl}${imageFilesPath}${fileName}?${query.toString()}`;
    },
    verify({ fileName, signature, encoding }) {
      if (!isImageFileName(fileName)) return false;
      const given = Buffer.from(signature, "base64url");
      return given.length === signatureBytes && timingSafeEqual(given, sign(fileName, encoding));
    },
  };
}
