import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

/** The declarations of one `.d.ts` file, as far as their own text tells. */
export interface TypeFile {
  /**
   * Names of the properties of an interface, or of an object type. Without those that it inherits. `A.B` is `B` in the
   * namespace `A`. Throws when there is no such interface: a test that looks at nothing must not pass.
   */
  propertiesOf(name: string): readonly string[];
  /** Those of them that have no question mark. Throws likewise. */
  requiredOf(name: string): readonly string[];
  /** Names in a union of named types, such as `A | N.B` with `N` of this file. Throws when there is no such union. */
  membersOf(name: string): readonly string[];
  /** The text literals that a property of an interface may be; none if it is no literal. */
  literalsOf(name: string, property: string): readonly string[];
  /** Names of the interfaces that fit a pattern, in order. */
  namesLike(pattern: RegExp): readonly string[];
}

/** The text from an opening bracket to the one that closes it, without both. */
function insideOf(text: string, start: number): string {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    if (text[at] === "{") depth += 1;
    if (text[at] === "}") depth -= 1;
    if (depth === 0) return text.slice(start + 1, at);
  }
  throw new Error("A bracket of the type file is not closed.");
}

/** What stands at the outermost level of a body: everything inside inner brackets is left out. */
function outermost(body: string): string {
  let depth = 0;
  let text = "";
  for (const sign of body) {
    if (sign === "}") depth -= 1;
    if (depth === 0) text += sign;
    if (sign === "{") depth += 1;
  }
  return text;
}

/** The text inside the brackets that open behind a pattern at the beginning of a line. */
function inside(scope: string, pattern: string): string | undefined {
  const found = new RegExp(`^\\s*${pattern}\\{`, "m").exec(scope);
  return found === null ? undefined : insideOf(scope, found.index + found[0].length - 1);
}

/** Reads declarations out of the text of a `.d.ts` file as the SDKs' generators write it; for what people write it is too simple. */
export function readTypes(source: string): TypeFile {
  const text = source.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");

  /** The text of a namespace, or nothing if this file has none of that name. */
  function namespaceOf(names: readonly string[]): string | undefined {
    let scope: string | undefined = text;
    for (const name of names)
      scope = scope === undefined ? undefined : inside(scope, `(?:export declare )?namespace ${name} `);
    return scope;
  }

  function bodyOf(path: string): string {
    const names = path.split(".");
    const name = names.pop() ?? "";
    const scope = namespaceOf(names);
    // What is not exported stands in a namespace.
    const exported = names.length === 0 ? "export " : "";
    const body =
      scope === undefined
        ? undefined
        : inside(scope, `${exported}(?:interface ${name}\\b[^{]*|type ${name} = )`);
    if (body === undefined) throw new Error(`There is no interface ${path}.`);
    return outermost(body);
  }

  return {
    propertiesOf: (name) =>
      [...bodyOf(name).matchAll(/^\s*(?:readonly )?["']?([\w-]+)["']?\??:/gm)].map(
        ([, property = ""]) => property,
      ),
    requiredOf: (name) =>
      [...bodyOf(name).matchAll(/^\s*(?:readonly )?["']?([\w-]+)["']?:/gm)].map(
        ([, property = ""]) => property,
      ),
    membersOf(name) {
      const found = new RegExp(`^\\s*export type ${name} =([^;]*);`, "m").exec(text);
      if (found === null) throw new Error(`There is no union ${name}.`);
      return (found[1] ?? "")
        .split("|")
        .map((member) => member.trim())
        .map((member) => {
          const [first = "", ...names] = member.split(".");
          // Otherwise it is the name of a module.
          return names.length > 0 && namespaceOf([first]) === undefined ? names.join(".") : member;
        })
        .filter((member) => member !== "");
    },
    literalsOf(name, property) {
      const found = new RegExp(`^\\s*(?:readonly )?${property}\\??:([^;]*);`, "m").exec(bodyOf(name));
      return [...(found?.[1] ?? "").matchAll(/'([^']*)'/g)].map(([, literal = ""]) => literal);
    },
    namesLike: (pattern) =>
      [...text.matchAll(/^\s*export interface (\w+)/gm)]
        .map(([, name = ""]) => name)
        .filter((name) => pattern.test(name)),
  };
}

/** Reads a `.d.ts` file of an installed package, by its path inside `node_modules`. */
export async function readPackageTypes(path: string): Promise<TypeFile> {
  return readTypes(
    await readFile(fileURLToPath(new URL(`../../node_modules/${path}`, import.meta.url)), "utf8"),
  );
}
