import { isSeq, parseDocument, stringify } from "yaml";

import { isJsonObject } from "../merge-json.ts";
import { FormatError, type FileFormat } from "./file-format.ts";
import { listEdits } from "./list-edits.ts";

/** Long lines stay as long as they are. */
const layout = { lineWidth: 0 };

/** YAML. */
export const yamlFile: FileFormat = {
  parse(text) {
    const document = parseDocument(text);
    const [first] = document.errors;
    if (first !== undefined) throw new FormatError(`no valid YAML: ${first.message.replace(/:?\n[^]*/, "")}`);
    const value: unknown = document.toJS();
    if (value === null) return {};
    if (!isJsonObject(value)) throw new FormatError("no YAML mapping");
    return value;
  },
  render: (content) => stringify(content, layout),
  edit(text, next) {
    const document = parseDocument(text);
    for (const { path, kind, value } of listEdits(yamlFile.parse(text), next)) {
      const list = kind === "insert" ? document.getIn(path.slice(0, -1)) : undefined;
      const index = path.at(-1);
      if (isSeq(list) && typeof index === "number") list.items.splice(index, 0, document.createNode(value));
      else if (kind === "remove") document.deleteIn(path);
      else document.setIn(path, document.createNode(value));
    }
    const indentSeq = !/^[\w-]+:[ \t]*\n-[ \t]/m.test(text);
    return document.toString({ ...layout, indentSeq });
  },
};
