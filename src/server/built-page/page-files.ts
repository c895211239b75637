import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";

/** A file of a page, in all codings in which it is there. */
export interface PageFile {
  readonly type: string;
  readonly etag: string;
  /** By the name of the coding in HTTP; `identity` is always there. */
  readonly bodies: ReadonlyMap<string, Buffer>;
}

/** A page as it was built. */
export interface PageFiles {
  readonly index: PageFile;
  /** By the bare name; their names change with what is in them. */
  readonly assets: ReadonlyMap<string, PageFile>;
}

const types: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
};

const codings: readonly (readonly [string, string])[] = [
  ["br", ".br"],
  ["gzip", ".gz"],
];

async function readPageFile(folder: URL, name: string, names: readonly string[]): Promise<PageFile> {
  const plain = await readFile(new URL(name, folder));
  const bodies = new Map<string, Buffer>();
  for (const [coding, ending] of codings) {
    if (names.includes(name + ending)) bodies.set(coding, await readFile(new URL(name + ending, folder)));
  }
  bodies.set("identity", plain);
  const ending = name.slice(name.lastIndexOf(".") + 1);
  return {
    type: types[ending] ?? "application/octet-stream",
    etag: createHash("sha256").update(plain).digest("base64url").slice(0, 22),
    bodies,
  };
}

/** Reads a page; `undefined`: it was not built. */
export async function readPageFiles(folder: URL): Promise<PageFiles | undefined> {
  const assetFolder = new URL("assets/", folder);
  let names: readonly string[];
  let assetNames: readonly string[];
  try {
    names = await readdir(folder);
    assetNames = await readdir(assetFolder);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
  const assets = new Map<string, PageFile>();
  for (const name of assetNames) {
    if (/\.(?:js|css)$/.test(name)) assets.set(name, await readPageFile(assetFolder, name, assetNames));
  }
  return { index: await readPageFile(folder, "index.html", names), assets };
}

/** Gives the files of a page, read once, when they are first asked for. */
export type PageReader = () => Promise<PageFiles | undefined>;

/** Creates the reader of a folder. What is not there may be built later, so it is looked for again. */
export function createPageReader(folder: URL): PageReader {
  let reading: Promise<PageFiles | undefined> | undefined;
  return async () => {
    reading ??= readPageFiles(folder);
    const files = await reading.catch((error: unknown) => {
      reading = undefined;
      throw error;
    });
    if (files === undefined) reading = undefined;
    return files;
  };
}
