import { createHash } from "node:crypto";
import type { ImageEncoding } from "../model/picture.ts";

/** Changes whenever older tags must not be confirmed: those without a number were also given for what is no picture. */
const generation = 2;

/**
 * The entity tag of a linked picture. The upstream gives none, but each of its files is written once under a
 * name of its own, so name and conversion tell the content.
 */
export function createEntityTag(fileName: string, encoding: ImageEncoding | undefined): string {
  const text = `${generation}\n${fileName}\n${encoding?.format ?? ""}\n${encoding?.quality ?? ""}`;
  return `"${createHash("sha256").update(text).digest("base64url").slice(0, 22)}"`;
}

/** Whether an `If-None-Match` header names the tag (RFC 9110: weak comparison, a list). */
export function matchesEntityTag(ifNoneMatch: string | undefined, tag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  return ifNoneMatch.split(",").some((entry) => entry.trim().replace(/^W\//, "") === tag);
}

/** Whether an `If-None-Match` header means any picture: one that exists, so that has to be looked for first. */
export function matchesAny(ifNoneMatch: string | undefined): boolean {
  return ifNoneMatch?.trim() === "*";
}
