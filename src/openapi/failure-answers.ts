import { type ErrorKind, GatewayError } from "../errors.ts";
import { withoutLinks } from "./describe-fields.ts";
import { errorTexts } from "./error-texts.ts";
import type { ErrorForm, FailureSet } from "./reference.ts";
import { type Schema, type SchemaWriter, toChoice } from "./to-json-schema.ts";

/** Writes the answers of failed requests. */
export interface FailureWriter {
  /** The answers of a set in some forms, by status: references to the parts of the document that have them. */
  write(failures: FailureSet, forms: readonly ErrorForm[]): Record<string, Schema>;
  /** The parts that were referred to so far, by name. */
  components(): Record<string, Schema>;
}

/** What a failed request says in its head that a good one does not. All else that a good one has it may have, too. */
function listHeaders(status: number): Schema {
  const names = [
    "x-request-id",
    "retry-after",
    "x-should-retry",
    ...(status === 401 ? ["www-authenticate"] : []),
  ];
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}

/** A request that is no HTTP, too long or too slow to arrive: whatever route it was meant for. */
const unread = {
  name: "Unread",
  description: "The request can't be read: its head is too long (431), or it took too long to arrive (408).",
};

/** The errors of some kinds as each form shows them, by the status that they have there. */
function byStatus(kinds: readonly ErrorKind[], forms: readonly ErrorForm[]) {
  const found = new Map<number, { kind: ErrorKind; form: ErrorForm; body: unknown }[]>();
  for (const kind of kinds) {
    for (const form of forms) {
      const { status, body } = form.encode(new GatewayError(kind, withoutLinks(errorTexts[kind])));
      found.set(status, [...(found.get(status) ?? []), { kind, form, body }]);
    }
  }
  return found;
}

/** Creates the writer. Each form shows each kind of error as it really does: the examples are made by its encoder. */
export function createFailureWriter({ write }: Pick<SchemaWriter, "write">): FailureWriter {
  const parts: Record<string, Schema> = {};

  function add(name: string, made: () => Schema): Schema {
    parts[name] ??= made();
    return { $ref: `#/components/responses/${name}` };
  }

  return {
    write(failures, forms) {
      const answers: Record<string, Schema> = {};
      const owner = forms.map(({ name }) => name.replace(/Error$/, "")).join("Or");
      for (const [status, found] of byStatus(failures.kinds, forms)) {
        const kinds = [...new Set(found.map(({ kind }) => kind))];
        const used = [...new Set(found.map(({ form }) => form))];
        answers[String(status)] = add(`${owner}${failures.name}${status}`, () => ({
          description: kinds.map((kind) => withoutLinks(errorTexts[kind])).join(" "),
          headers: listHeaders(status),
          content: {
            "application/json": {
              schema: toChoice(used.map(({ schema }) => write(schema))),
              examples: Object.fromEntries(
                found.map(({ kind, form, body }) => [
                  used.length === 1 ? kind : `${kind}-${form.name}`,
                  { summary: kind, value: body },
                ]),
              ),
            },
          },
        }));
      }
      const [first] = forms;
      if (first !== undefined) {
        answers["4XX"] = add(`${first.name}${unread.name}`, () => ({
          description: unread.description,
          content: { "application/json": { schema: write(first.schema) } },
        }));
      }
      return answers;
    },
    components: () => parts,
  };
}
