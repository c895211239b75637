import { UsageError } from "../usage-error.ts";
import type { ConfigFile } from "./client.ts";
import { FormatError, type FileFormat } from "./formats/file-format.ts";
import { formats } from "./formats/index.ts";
import { isSame } from "./formats/list-edits.ts";
import { mergeJson, takeBack, type JsonObject } from "./merge-json.ts";

/** A file that does not exist yet, as text. */
export function renderFile(file: ConfigFile): string {
  if (file.format === "text") return file.content;
  return formats[file.format].render({ ...file.defaults, ...file.content });
}

/**
 * The new text of a file that has the text `old`. `former` is what other sizes would have written there: of that, what
 * is still there is taken back. Throws `UsageError` when the file can't be changed safely.
 */
export function editFile(file: ConfigFile, former: readonly ConfigFile[], old: string): string {
  if (file.format === "text") return file.content;
  const format = formats[file.format];
  const mark = old.startsWith("\uFEFF") ? "\uFEFF" : "";
  const text = old.slice(mark.length).replaceAll("\r\n", "\n");
  try {
    const data = format.parse(text);
    const next = addTo(data, file, old.includes(file.mark) ? former : []);
    if (isSame(data, next)) return old;
    const edited = format.edit(text, next);
    // A file may be written in a way that can't be edited: keys that stand twice, shared anchors.
    if (!says(format, edited, next)) throw new FormatError("written in a way that can't be changed safely");
    return mark + (old.includes("\r\n") ? edited.replaceAll("\n", "\r\n") : edited);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    throw new UsageError(
      `${file.path} is ${error.message}. Nothing was written.\nMend the file and run this again, or merge this into it yourself:\n\n${renderFile(file)}`,
    );
  }
}

function says(format: FileFormat, text: string, data: JsonObject): boolean {
  try {
    return isSame(format.parse(text), data);
  } catch (error) {
    if (error instanceof FormatError) return false;
    throw error;
  }
}

type DataFile = Exclude<ConfigFile, { format: "text" }>;

function addTo(data: JsonObject, file: DataFile, former: readonly ConfigFile[]): JsonObject {
  let base = data;
  for (const { format, content } of former) {
    if (format !== "text") base = takeBack(base, content, file.content, data);
  }
  return mergeJson({ ...file.defaults, ...base }, file.content, file.owns);
}
