import { applyEdits, format, parse, printParseErrorCode, type ParseError } from "jsonc-parser";

import { isJsonObject } from "../merge-json.ts";
import { describePlace, FormatError, type FileFormat } from "./file-format.ts";
import { toTextEdits } from "./json-edits.ts";
import { listEdits } from "./list-edits.ts";

/** "ValueExpected" as words. */
const toWords = (code: string): string =>
  code.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter}`).toLowerCase();

/** One line of JSON has no layout to keep. What stands in it stays: long numbers, keys that stand twice. */
function layOut(text: string): string {
  if (text.trim().includes("\n")) return text;
  const edits = format(text, undefined, { insertSpaces: true, tabSize: 2, insertFinalNewline: true });
  return applyEdits(text, edits);
}

/** JSON as editors and agents read it: with comments and commas at the end. */
export const jsonFile: FileFormat = {
  parse(text) {
    if (text.trim() === "") return {};
    const errors: ParseError[] = [];
    const value: unknown = parse(text, errors, { allowTrailingComma: true, allowEmptyContent: true });
    const [first] = errors;
    if (first !== undefined) {
      const words = toWords(printParseErrorCode(first.error));
      throw new FormatError(`no valid JSON: ${words} in ${describePlace(text, first.offset)}`);
    }
    // Nothing but comments.
    if (value === undefined) return {};
    if (!isJsonObject(value)) throw new FormatError("no JSON object");
    return value;
  },
  render: (content) => `${JSON.stringify(content, undefined, 2)}\n`,
  edit(text, next) {
    if (text.trim() === "") return jsonFile.render(next);
    let edited = layOut(text);
    const indent = /\n([ \t]+)["}\]]/.exec(edited)?.[1] ?? "  ";
    const unit = indent.startsWith("\t") ? "\t" : indent;
    for (const edit of listEdits(jsonFile.parse(text), next)) {
      edited = applyEdits(edited, toTextEdits(edited, edit, unit));
    }
    return edited;
  },
};
