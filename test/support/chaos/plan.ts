import { createHash } from "node:crypto";

import { deeds, type Deed } from "./deeds.ts";

/** The upstreams of a run, in the order of the file: Akash Chat and three servers with OpenAI's API. */
export const upstreams = ["web", "one", "two", "three"] as const;
/** One of them. */
export type UpstreamName = (typeof upstreams)[number];

/** The same number, at least 0 and below `below`, for the same words. */
export function draw(below: number, ...words: readonly (string | number)[]): number {
  return createHash("sha256").update(words.join("/")).digest().readUInt32BE() % below;
}

/** Own names, each of which asks another upstream first. */
export const names: Readonly<Record<string, readonly UpstreamName[]>> = Object.fromEntries(
  upstreams.map((first, at) => [`from-${first}`, [...upstreams.slice(at), ...upstreams.slice(0, at)]]),
);

/** The marker of request number `at`, which is in its prompt and in each piece of its answers. */
export function markerOf(at: number): string {
  return `<<R${at}>>`;
}

/** The marker in a text. */
export function findMarker(text: string): string | undefined {
  return /<<R\d+>>/.exec(text)?.[0];
}

/** What the model of an upstream says to a request, piece by piece. */
export function answerOf(marker: string, upstream: UpstreamName): readonly string[] {
  const count = 3 + draw(6, marker, upstream, "pieces");
  return Array.from({ length: count }, (_, at) => `${marker} by ${upstream}, ${at + 1} of ${count}. `);
}

/** What an upstream does when a request comes to it, for the first time or again. */
export function deedOf(seed: string, marker: string, upstream: UpstreamName, time: number): Deed {
  const deed = deeds[draw(deeds.length, seed, marker, upstream, time)];
  if (deed === undefined) throw new Error("There are no deeds.");
  return deed;
}
