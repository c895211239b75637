import { isUtf8 } from "node:buffer";
import { readFileSync } from "node:fs";

/** The text of a file, or why it can't be had: a sentence about `path` without a full stop. */
export type ReadText = { readonly text: string } | { readonly problem: string };

/** No configuration and no secret is larger. */
const mostBytes = 1_048_576;

/** Reads UTF-8 text of at most 1 MiB, without its byte order mark. Throws nothing that a file's state can bring about. */
export function readText(
  path: string,
  read: (path: string) => Buffer = (file) => readFileSync(file),
): ReadText {
  let bytes: Buffer;
  try {
    bytes = read(path);
  } catch (error) {
    return { problem: explain(path, error) };
  }
  if (bytes.length > mostBytes) return { problem: `${path} is larger than 1 MiB, so it is the wrong file` };
  if (!isUtf8(bytes) || bytes.includes(0)) {
    return { problem: `${path} is not UTF-8 text${whereNot(bytes)}. Save it as UTF-8` };
  }
  return { text: new TextDecoder().decode(bytes) };
}

function explain(path: string, error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  switch (code) {
    case "ENOENT":
    case "ENOTDIR":
      return `${path} does not exist`;
    case "EISDIR":
      return `${path} is a folder, not a file. A container makes one where the file to be mounted does not exist`;
    case "EACCES":
    case "EPERM":
      return `${path} may not be read by this user. Mend its rights (chmod u+r, or the owner)`;
    case "ELOOP":
      return `${path} is a link that leads back to itself`;
    default:
      return `${path} can't be read (${typeof code === "string" ? code : String(error)})`;
  }
}

/** The line of the first byte that is no UTF-8; those of UTF-16 are nearly all lines. */
function whereNot(bytes: Buffer): string {
  if (bytes.includes(0)) return " (perhaps UTF-16)";
  const line = bytes.toString("utf8").split("\uFFFD", 1)[0]?.split("\n").length ?? 1;
  return ` (line ${line})`;
}
