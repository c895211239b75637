import { createHash } from "node:crypto";

import { faults, imageFaults } from "./faults.ts";
import { toTag, type Plan } from "./plan.ts";

/** What kind of caller a request belongs to. */
export type Kind =
  | "chat"
  | "completions"
  | "responses"
  | "messages"
  | "chain"
  | "background"
  | "image"
  | "small";

/** When the client leaves. `beats` counts heartbeats. */
export type Leave =
  | { readonly after: "ms"; readonly count: number }
  | { readonly after: "bytes"; readonly count: number }
  | { readonly after: "beats"; readonly count: number };

/** One request of a soak, or a few that belong together; what it is depends on the seed and its number alone. */
export interface Spec {
  readonly index: number;
  readonly kind: Kind;
  readonly plan: Plan;
  readonly streamed: boolean;
  readonly model: string;
  readonly keepAlive: boolean;
  /** Reads with pauses. */
  readonly slow: boolean;
  /** `n`. */
  readonly choices: number;
  /** A stop sequence ends the answer before this piece. */
  readonly stopAt?: number;
  readonly leave?: Leave;
  /** Chooses among the ways of a kind. */
  readonly variant: number;
}

/** Parts of all requests. */
const faulty = 0.2;
const leaving = 0.2;

const weights: readonly (readonly [kind: Kind, weight: number])[] = [
  ["chat", 30],
  ["messages", 20],
  ["responses", 18],
  ["completions", 8],
  ["chain", 5],
  ["background", 8],
  ["image", 5],
  ["small", 6],
];
const models = ["DeepSeek-V3.2", "Meta-Llama-3-3-70B-Instruct", "Qwen/Qwen3-30B-A3B"] as const;

/** Random numbers from 0 to 1 that a text decides. */
function createRandom(seed: string): () => number {
  let block = 0;
  let numbers: number[] = [];
  return () => {
    if (numbers.length === 0) {
      const digest = createHash("sha512").update(`${seed}/${block}`).digest();
      numbers = Array.from({ length: 16 }, (_, index) => digest.readUInt32LE(index * 4) / 2 ** 32);
      block += 1;
    }
    return numbers.pop() ?? 0;
  };
}

/** Request number `index` of the soak with this seed. */
export function createSpec(seed: string, index: number): Spec {
  const random = createRandom(`${seed}/${index}`);
  const chance = (part: number): boolean => random() < part;
  const between = (low: number, high: number): number => low + Math.floor(random() * (high - low + 1));
  const pick = <T>(items: readonly [T, ...T[]] | readonly T[], otherwise: T): T =>
    items[between(0, items.length - 1)] ?? otherwise;

  const kind = pickKind(random());
  const fate = random();
  const fails = fate < faulty && kind !== "small";
  const leaves =
    !fails && fate < faulty + leaving && kind !== "small" && kind !== "background" && kind !== "chain";
  const streamed = chance(0.65);
  const slow = (kind === "chat" || kind === "responses") && !fails && !leaves && streamed && chance(0.03);
  const isText = kind === "chat" || kind === "messages" || kind === "responses";
  const form =
    isText && !slow ? pick<Plan["form"]>(["text", "text", "text", "text", "call", "json"], "text") : "text";
  const table = kind === "image" ? imageFaults : faults;
  const silent = leaves && chance(0.5) ? pick<"head" | "body">(["head", "body"], "head") : undefined;
  const fault = fails ? pick(Object.keys(table), "refuse") : undefined;
  const plan: Plan = {
    tag: toTag(seed, index),
    pieces: slow ? 80 : between(3, 40),
    // What a slow reader must not make the gateway keep: more than the sockets on the way hold.
    size: slow ? 16_384 : between(0, 60),
    every: leaves ? between(20, 60) : chance(0.3) ? between(1, 25) : 0,
    form: kind === "messages" && form === "json" ? "text" : form,
    thinks: form === "text" && chance(0.2),
    newFraming: chance(0.1),
    ...(fault === undefined ? {} : { fault }),
    ...(silent === undefined ? {} : { silent }),
    ...(chance(0.1) && !slow ? { cut: between(1, 9) } : {}),
  };
  const plain = plan.form === "text" && !fails && !slow && kind === "chat";
  const stops = plain && !leaves && chance(0.1);
  return {
    index,
    kind,
    plan,
    streamed,
    model: kind === "image" ? "AkashGen" : pick(models, models[0]),
    keepAlive: chance(0.7),
    slow,
    choices: plain && !stops && chance(0.1) ? 2 : 1,
    ...(stops ? { stopAt: between(1, 2) } : {}),
    ...(leaves ? { leave: pickLeave(streamed && kind !== "image", silent, between, random()) } : {}),
    variant: random(),
  };
}

function pickKind(point: number): Kind {
  let left = point * weights.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [kind, weight] of weights) {
    left -= weight;
    if (left < 0) return kind;
  }
  return "chat";
}

/** Before the head, in the stream, or after heartbeats. */
function pickLeave(
  streamed: boolean,
  silent: Plan["silent"],
  between: (low: number, high: number) => number,
  point: number,
): Leave {
  if (streamed && silent !== undefined && point < 0.5) return { after: "beats", count: between(1, 3) };
  if (streamed && silent === undefined && point < 0.6) return { after: "bytes", count: between(1, 2000) };
  return { after: "ms", count: between(0, 500) };
}
