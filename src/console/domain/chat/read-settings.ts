import type { Settings, ToolDraft } from "./chat.ts";

/** What of the settings is wrong, each by its field; a tool by its place. */
export type SettingsError = "temperature" | "topP" | "maxTokens" | "schema";

function isIn(text: string, least: number, most: number): boolean {
  if (text.trim() === "") return true;
  const value = Number(text);
  return value >= least && value <= most;
}

/** Reads a JSON object; `undefined`: it is none. */
export function readObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** The fields that the gateway would refuse. */
export function findErrors(settings: Settings): readonly SettingsError[] {
  const { temperature, topP, maxTokens, schema } = settings;
  const errors: SettingsError[] = [];
  if (!isIn(temperature, 0, 2)) errors.push("temperature");
  if (!isIn(topP, 0, 1)) errors.push("topP");
  if (!isIn(maxTokens, 1, 1e9) || !Number.isInteger(Number(maxTokens))) errors.push("maxTokens");
  if (schema.trim() !== "" && readObject(schema) === undefined) errors.push("schema");
  return errors;
}

/** Whether a tool can be declared so. */
export function isToolName(name: string): boolean {
  return /^[A-Za-z0-9_-]{1,64}$/.test(name);
}

/** `get_weather(city, day)`: its name apart, and what it takes. */
export function listParameters({ parameters }: ToolDraft): readonly string[] {
  const properties = readObject(parameters)?.["properties"];
  return typeof properties === "object" && properties !== null ? Object.keys(properties) : [];
}

/** The stop sequences of a text; `\n` in it is a new line. */
export function readStops(text: string): readonly string[] {
  return text
    .split(",")
    .map((one) => one.trim().replaceAll(String.raw`\n`, "\n"))
    .filter((one) => one !== "");
}

/** What is wrong with the arguments of a call; `undefined`: nothing that one can see. `missing` names what the schema requires. */
export function checkArguments(
  text: string,
  tool: ToolDraft | undefined,
): { readonly kind: "no-json" } | { readonly kind: "missing"; readonly name: string } | undefined {
  const value = readObject(text);
  if (value === undefined) return { kind: "no-json" };
  const required = tool === undefined ? undefined : readObject(tool.parameters)?.["required"];
  const missing = Array.isArray(required)
    ? required.find((name: unknown) => typeof name === "string" && !(name in value))
    : undefined;
  return typeof missing === "string" ? { kind: "missing", name: missing } : undefined;
}

/** About how many tokens a text has: a Chinese character is one, of other writing four characters are. For what is shown, not for what counts. */
export function guessTokens(text: string): number {
  const wide = text.match(/[\u3000-\u9FFF\uAC00-\uD7AF\uFF00-\uFFEF]/g)?.length ?? 0;
  return Math.ceil(wide + (text.length - wide) / 4);
}
