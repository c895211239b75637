import { parseDocument, stringify } from "yaml";

import { isJsonObject } from "../merge-json.ts";
import { FormatError, type FileFormat } from "./file-format.ts";
import { listEdits } from "./list-edits.ts";
import { layout, toSplice } from "./yaml-edits.ts";

/** YAML. Only the text of what changes is written anew. */
export const yamlFile: FileFormat = {
  parse(text) {
    const document = parseDocument(text, { logLevel: "error" });
    const [first] = document.errors;
    if (first !== undefined) throw new FormatError(`no valid YAML: ${first.message.replace(/:?\n[^]*/, "")}`);
    const value: unknown = document.toJS();
    if (value === null) return {};
    if (!isJsonObject(value)) throw new FormatError("no YAML mapping");
    return value;
  },
  render: (content) => stringify(content, layout),
  edit(text, next) {
    const valueAt = (path: readonly (string | number)[]): unknown =>
      path.reduce<unknown>(
        (value, key) => (typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined),
        next,
      );
    // Nothing but comments.
    if (/^(?:[ \t]*(?:#.*|---.*)?\n?)*$/.test(text))
      return `${text.trimEnd()}\n${yamlFile.render(next)}`.trimStart();
    let edited = text;
    // One at a time, each moves the places of the others; and one may do more, where an alias stood.
    for (let left = listEdits(yamlFile.parse(text), next).length; left > 0; left--) {
      const [edit] = listEdits(yamlFile.parse(edited), next);
      if (edit === undefined) break;
      const { contents } = parseDocument(edited);
      const { from, to, text: piece } = toSplice(edited, contents, edit, valueAt);
      edited = edited.slice(0, from) + piece + edited.slice(to);
    }
    return edited;
  },
};
