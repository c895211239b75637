import { valueAt } from "./explain-issue.ts";
import { isSameName, judgeModelName } from "./judge-model-name.ts";
import type { Path, PlainValues } from "./plain-values.ts";
import { askIfMeant } from "./ask-if-meant.ts";

/** What is told of a place. */
export interface ReferenceFindings {
  /** The line that an offset is in, counted from 1. */
  lineOf(offset: number): number;
  tellMistake(offset: number, message: string): void;
  tellWarning(offset: number, message: string): void;
}

/**
 * Checks what names refer to, and that none is given twice. Takes a file that may not fit the schema: what is of
 * another form is the schema's business and passed over.
 */
export function findReferenceMistakes(plain: PlainValues, findings: ReferenceFindings): void {
  const upstreams = findUpstreams(plain, findings);
  const own = Object.keys(mapAt(plain.value, ["models"]));
  checkNames(own, upstreams, plain, findings);
  for (const name of own) checkTargets(name, { own, upstreams }, plain, findings);
  checkAliases({ own, upstreams }, plain, findings);
}

interface Names {
  readonly own: readonly string[];
  readonly upstreams: readonly string[];
}

/** Said instead of what shows the text, where it may be a secret. */
const unshown =
  "What this ${…} stands for names no model here, or one that this list has. Write upstream/model.";

function mapAt(value: unknown, path: Path): Readonly<Record<string, unknown>> {
  const found = valueAt(value, path);
  return typeof found === "object" && found !== null && !Array.isArray(found) ? { ...found } : {};
}

function listAt(value: unknown, path: Path): readonly unknown[] {
  const found = valueAt(value, path);
  return Array.isArray(found) ? found : [];
}

function findUpstreams(plain: PlainValues, findings: ReferenceFindings): readonly string[] {
  const offsets = new Map<string, number>();
  return listAt(plain.value, ["upstreams"]).flatMap((_, index) => {
    for (const key of ["name", "type"]) {
      const at = ["upstreams", index, key];
      if (plain.isSubstituted(at))
        findings.tellMistake(plain.offsetOf(at), `\`${key}\` is written out, without \${…}.`);
    }
    const path = ["upstreams", index, "name"];
    const name = valueAt(plain.value, path);
    if (typeof name !== "string" || plain.isSubstituted(path)) return [];
    const offset = plain.offsetOf(path);
    const first = offsets.get(name.toLowerCase());
    if (first === undefined) offsets.set(name.toLowerCase(), offset);
    else {
      const line = findings.lineOf(first);
      findings.tellMistake(
        offset,
        `The name \`${name}\` is that of the upstream in line ${line}. Each needs its own.`,
      );
    }
    return [name];
  });
}

function checkNames(
  own: readonly string[],
  upstreams: readonly string[],
  plain: PlainValues,
  findings: ReferenceFindings,
): void {
  for (const [index, name] of own.entries()) {
    const offset = plain.offsetOfKey(["models", name]);
    const tell = (message: string) => findings.tellMistake(offset, message);
    const front = name.split("/", 1)[0] ?? "";
    if (name.trim() === "") tell("A name of `models` is empty.");
    else if (name.includes("*"))
      tell(`\`${name}\`: a name of \`models\` has no *. A pattern of names belongs into \`aliases\`.`);
    else if (own.findIndex((other) => isSameName(other, name)) < index) {
      tell(`\`${name}\` stands in \`models\` twice: upper and lower case are the same.`);
    } else if (name.includes("/") && upstreams.some((upstream) => isSameName(upstream, front))) {
      tell(`\`${name}\` means a model of the upstream \`${front}\`. Choose another name.`);
    }
  }
}

function checkTargets(name: string, names: Names, plain: PlainValues, findings: ReferenceFindings): void {
  const targets = listAt(plain.value, ["models", name]);
  for (const [index, target] of targets.entries()) {
    const path = ["models", name, index];
    if (typeof target !== "string" || target === "" || plain.isBroken(path)) continue;
    const first = targets.findIndex((other) => typeof other === "string" && isSameName(other, target));
    const problem =
      findTargetProblem(target, names) ??
      (first < index ? `\`${target}\` stands in this list twice.` : undefined);
    if (problem === undefined) continue;
    findings.tellMistake(plain.offsetOf(path), plain.isSubstituted(path) ? unshown : problem);
  }
}

function findTargetProblem(target: string, { own, upstreams }: Names): string | undefined {
  const slash = target.indexOf("/");
  const upstream = slash === -1 ? target : target.slice(0, slash);
  const isKnown = upstreams.some((other) => isSameName(other, upstream));
  if (isKnown && slash === -1)
    return `\`${target}\` is an upstream. Write ${target}/* or ${target}/ and a model.`;
  if (isKnown)
    return slash === target.length - 1 ? `\`${target}\` lacks the model: ${target}* is any.` : undefined;
  if (own.some((other) => isSameName(other, target))) {
    return `\`${target}\` is a name of \`models\` itself. Write the upstream/model that it stands for.`;
  }
  if (slash === -1)
    return `\`${target}\` names no upstream. Write upstream/model, such as ${upstreams[0] ?? "web"}/${target}.`;
  const list = upstreams.length === 0 ? "" : ` There are ${upstreams.join(", ")}.`;
  return `There is no upstream \`${upstream}\`.${askIfMeant(upstream, upstreams) || list}`;
}

function checkAliases({ own, upstreams }: Names, plain: PlainValues, findings: ReferenceFindings): void {
  const entries = Object.entries(mapAt(plain.value, ["aliases"]));
  const aliases = entries.map(([from]) => from);
  for (const [index, [from, to]] of entries.entries()) {
    const key = plain.offsetOfKey(["aliases", from]);
    if (from.trim() === "") findings.tellMistake(key, "A name of `aliases` is empty.");
    else if (own.some((name) => isSameName(name, from))) {
      findings.tellMistake(key, `\`${from}\` is a name of \`models\`, so this alias would never be used.`);
    } else if (aliases.findIndex((other) => isSameName(other, from)) < index) {
      findings.tellMistake(
        key,
        `\`${from}\` stands in \`aliases\` twice: upper and lower case are the same.`,
      );
    }
    const path = ["aliases", from];
    if (typeof to !== "string" || to === "" || plain.isBroken(path)) continue;
    const found = judgeModelName(to, { own, upstreams, aliases });
    if (found === undefined) continue;
    const isShown = !plain.isSubstituted(path);
    if ("problem" in found) findings.tellMistake(plain.offsetOf(path), isShown ? found.problem : unshown);
    else if (isShown) findings.tellWarning(plain.offsetOf(path), found.doubt);
  }
}
