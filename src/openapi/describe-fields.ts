import type { ParameterRow, Support } from "./reference.ts";
import type { Schema } from "./to-json-schema.ts";

/** What the extension `x-support` says, which is one word. */
const supportWords: Readonly<Record<Support, string>> = {
  honoured: "honoured",
  refused: "refused",
  ignored: "ignored",
  "by upstream": "by-upstream",
};

/** What a description begins with; what is honoured needs no word. */
const openings: Readonly<Record<Support, string>> = {
  honoured: "",
  refused: "Refused. ",
  ignored: "Ignored. ",
  "by upstream": "By upstream. ",
};

/** Links in the docs lead to places that are not in the document: their words stay. */
export function withoutLinks(markdown: string): string {
  return markdown.replace(/\[([^\]]+)\]\([^)]*\)/g, "$1");
}

/** What the document says of a parameter: a description, and `x-support` for programs. */
export function describeSupport(support: Support, note = ""): Schema {
  const text = withoutLinks(note);
  const description = `${openings[support]}${text.charAt(0).toUpperCase()}${text.slice(1)}`.trim();
  return {
    ...(description === "" ? {} : { description }),
    "x-support": supportWords[support],
  };
}

const isRecord = (value: unknown): value is Schema =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Says something of the field at a path, in each form of an object that the schema has; a field that no form has is added. */
function describeAt(schema: Schema, [name = "", ...rest]: readonly string[], told: Schema): Schema {
  const { anyOf, items } = schema;
  if (Array.isArray(anyOf)) {
    const forms = (anyOf as Schema[]).filter(isObjectForm);
    if (forms.length > 0) {
      return {
        ...schema,
        anyOf: (anyOf as Schema[]).map((form) =>
          isObjectForm(form) ? describeAt(form, [name, ...rest], told) : form,
        ),
      };
    }
  }
  if (isRecord(items) && schema["properties"] === undefined)
    return { ...schema, items: describeAt(items, [name, ...rest], told) };
  const properties = isRecord(schema["properties"]) ? schema["properties"] : {};
  const field = isRecord(properties[name]) ? properties[name] : {};
  const next = rest.length === 0 ? { ...field, ...told } : describeAt(field, rest, told);
  return { ...schema, properties: { ...properties, [name]: next } };
}

function isObjectForm(form: Schema): boolean {
  return form["type"] === "object" || form["properties"] !== undefined || Array.isArray(form["anyOf"]);
}

/** Says of the fields of a body what the rows say of them: what becomes of each, and more. Fields that only the rows know are added. */
export function describeFields(schema: Schema, rows: readonly ParameterRow[]): Schema {
  let described = schema;
  for (const [names, support, note] of rows) {
    for (const name of [names].flat())
      described = describeAt(described, name.split("."), describeSupport(support, note));
  }
  return described;
}
