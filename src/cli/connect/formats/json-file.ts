import { applyEdits, parse, printParseErrorCode, type ParseError } from "jsonc-parser";

import { isJsonObject } from "../merge-json.ts";
import { describePlace, FormatError, type FileFormat } from "./file-format.ts";
import { toTextEdits } from "./json-edits.ts";
import { listEdits } from "./list-edits.ts";

/** "ValueExpected" as words. */
const toWords = (code: string): string =>
  code.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter}`).toLowerCase();

/** One line of plain JSON, or nothing: there is no layout to keep. */
function hasNoLayout(text: string): boolean {
  const line = text.trim();
  return line === "" || (!line.includes("\n") && !/\/[/*]/.test(line));
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
    if (hasNoLayout(text)) return jsonFile.render(next);
    const indent = /\n([ \t]+)["}\]]/.exec(text)?.[1] ?? "  ";
    const unit = indent.startsWith("\t") ? "\t" : indent;
    let edited = text;
    for (const edit of listEdits(jsonFile.parse(text), next)) {
      edited = applyEdits(edited, toTextEdits(edited, edit, unit));
    }
    return edited;
  },
};
