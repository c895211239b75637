import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

import { LRUCache } from "lru-cache";
import { z } from "zod";

import { capabilityNames } from "../../model/capabilities.ts";
import { makeFolder } from "../../make-folder.ts";
import type { UpstreamLog } from "../http/upstream-log.ts";
import { type CapabilityMemory, type LearnedFacts, mostFacts } from "./capability-memory.ts";

const version = 1;
/** Of a file that is read again everything has been said. */
const silent: UpstreamLog = { debug() {}, info() {}, warn() {} };
/** Nobody writes more; what is larger is somebody else's file. */
const longestFile = 4 * 1024 * 1024;

const supportSchema = z.enum(["native", "emulated"]);
const tokensSchema = z.int().positive();
const factsSchema = z.object({
  capabilities: z.partialRecord(z.enum(capabilityNames), supportSchema).optional().catch(undefined),
  maxOutputTokens: tokensSchema.optional().catch(undefined),
  contextLength: tokensSchema.optional().catch(undefined),
  refusedFields: z.array(z.string()).max(20).optional().catch(undefined),
  mark: z.string().optional().catch(undefined),
  build: z.string().optional().catch(undefined),
  learnedAt: z.number(),
});
const fileSchema = z.object({ version: z.literal(version), models: z.record(z.string(), z.unknown()) });

/**
 * Opens a memory that is kept in a file. What can't be read of it is left out: it is learned anew. A file that can't be
 * written costs no request; the log says so, once. What another process has written meanwhile, such as `doctor` beside a
 * gateway, is taken over with the next write.
 */
export async function openFileCapabilities(path: string, log: UpstreamLog): Promise<CapabilityMemory> {
  const known = new LRUCache<string, LearnedFacts>({ max: mostFacts });
  for (const [key, facts] of await readFacts(path, log)) known.set(key, facts);
  let writing: Promise<void> | undefined;
  /** What changed since the last write began, and what could not be written before. */
  const changed = new Set<string>();
  const unwritten = new Set<string>();
  let failed = false;

  async function write(): Promise<void> {
    while (changed.size > 0) {
      for (const [key, facts] of await readFacts(path, silent)) {
        if (!changed.has(key) && !unwritten.has(key)) known.set(key, facts);
      }
      for (const key of changed) unwritten.add(key);
      changed.clear();
      // The oldest first, so that they are the first to go when it is read.
      const models = Object.fromEntries([...known.entries()].toReversed());
      try {
        await replaceFile(path, `${JSON.stringify({ version, models }, undefined, 2)}\n`);
        unwritten.clear();
        failed = false;
      } catch (error) {
        if (!failed) log.warn({ err: error, file: path }, "what was learned of models could not be written");
        failed = true;
      }
    }
    writing = undefined;
  }

  return {
    get: (key) => known.get(key),
    set(key, facts) {
      if (facts === undefined) known.delete(key);
      else known.set(key, facts);
      changed.add(key);
      writing ??= write();
    },
    settle: () => writing ?? Promise.resolve(),
  };
}

async function readFacts(path: string, log: UpstreamLog): Promise<readonly [string, LearnedFacts][]> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (!isMissing(error))
      log.warn({ err: error, file: path }, "what was learned of models could not be read");
    return [];
  }
  const file = text.length > longestFile ? undefined : fileSchema.safeParse(parse(text)).data;
  if (file === undefined) {
    log.warn(
      { file: path },
      "what was learned of models is in a form that is not known, and is learned anew",
    );
    return [];
  }
  return Object.entries(file.models).flatMap(([key, value]): [string, LearnedFacts][] => {
    const facts = factsSchema.safeParse(value).data;
    return facts === undefined ? [] : [[key, facts]];
  });
}

/** Writes a file as a whole: who reads it finds the old one or the new one. */
async function replaceFile(path: string, text: string): Promise<void> {
  makeFolder(dirname(path));
  const draft = `${path}.${process.pid}.tmp`;
  try {
    await writeFile(draft, text, { mode: 0o600 });
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
