import { isRecord } from "../../schema/resolve-schema.ts";

/** A plain-text way to write calls: what the prompt teaches and how the history shows calls. */
export interface TaughtSyntax {
  /** How one call looks, with placeholders. */
  readonly form: string;
  /** What has to be said about values, in one sentence. */
  readonly values: string;
  /** Writes a call. `argumentsJson` that is no JSON object is shown as it is. */
  renderCall(name: string, argumentsJson: string): string;
}

/**
 * The default. Nearly every open model has seen it in training (Hermes, Qwen 2.5 and 3 natively), and it consists
 * of ordinary characters only, so that no tokenizer or chat template swallows a part of it.
 */
const hermes: TaughtSyntax = {
  form: `<tool_call>\n{"name": "TOOL", "arguments": {"KEY": VALUE}}\n</tool_call>`,
  values: "The block holds one valid JSON object; escape quotes, backslashes and line breaks in strings.",
  renderCall(name, argumentsJson) {
    const body = isObjectText(argumentsJson) ? argumentsJson.trim() : JSON.stringify(argumentsJson);
    return `<tool_call>\n{"name": ${JSON.stringify(name)}, "arguments": ${body}}\n</tool_call>`;
  },
};

/** What Qwen3-Coder was trained on: raw values, so that source code needs no escaping. */
const qwenCoder: TaughtSyntax = {
  form: "<tool_call>\n<function=TOOL>\n<parameter=KEY>\nVALUE\n</parameter>\n</function>\n</tool_call>",
  values: "Strings are written raw, without quotes or escapes; all other values as JSON.",
  renderCall(name, argumentsJson) {
    const parameters = parametersOf(argumentsJson).map(
      ([key, value]) => `<parameter=${key}>\n${value}\n</parameter>\n`,
    );
    return `<tool_call>\n<function=${name}>\n${parameters.join("")}</function>\n</tool_call>`;
  },
};

/** What GLM 4.5 and later were trained on. The tags are ordinary text there, not control tokens. */
const glm: TaughtSyntax = {
  form: "<tool_call>TOOL\n<arg_key>KEY</arg_key>\n<arg_value>VALUE</arg_value>\n</tool_call>",
  values: "Strings are written raw, without quotes or escapes; all other values as JSON.",
  renderCall(name, argumentsJson) {
    const parameters = parametersOf(argumentsJson).map(
      ([key, value]) => `<arg_key>${key}</arg_key>\n<arg_value>${value}</arg_value>\n`,
    );
    return `<tool_call>${name}\n${parameters.join("")}</tool_call>`;
  },
};

/**
 * DeepSeek V3.2 and MiniMax were trained on this with a prefix of control tokens (`｜DSML｜`, `minimax:`).
 * The prefix is left out: it may not survive the way, and they leave it out themselves at times.
 */
const invoke: TaughtSyntax = {
  form: `<function_calls>\n<invoke name="TOOL">\n<parameter name="KEY">VALUE</parameter>\n</invoke>\n</function_calls>`,
  values: "Strings are written raw, without quotes or escapes; all other values as JSON.",
  renderCall(name, argumentsJson) {
    const parameters = parametersOf(argumentsJson).map(
      ([key, value]) => `<parameter name="${key}">${value}</parameter>\n`,
    );
    return `<function_calls>\n<invoke name="${name}">\n${parameters.join("")}</invoke>\n</function_calls>`;
  },
};

/**
 * Families that do better in another syntax than the default; the first pattern that fits the model id decides.
 * DeepSeek V3, R1 and V3.1, Kimi, Llama and gpt-oss stay with the default: their own syntaxes consist of control
 * tokens, which a text chat may drop.
 */
const overrides: readonly (readonly [RegExp, TaughtSyntax])[] = [
  [/qwen-?3[\w.]*-(coder|next-coder)|qwen-?3\.[5-9]/i, qwenCoder],
  [/glm-?(4\.[5-9]|[5-9])/i, glm],
  [/deepseek-?v(3[.-]2|[4-9])|minimax/i, invoke],
];

/** The syntax that a model is taught. */
export function taughtSyntaxFor(model: string): TaughtSyntax {
  return overrides.find(([pattern]) => pattern.test(model))?.[1] ?? hermes;
}

function isObjectText(json: string): boolean {
  return parseObject(json) !== undefined;
}

function parseObject(json: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return isRecord(value) ? value : undefined;
  } catch {
    // A client may send back what a model once wrote wrongly; it is shown, not judged.
    return undefined;
  }
}

function parametersOf(json: string): (readonly [string, string])[] {
  const value = parseObject(json);
  if (value === undefined) return json.trim() === "" ? [] : [["arguments", json]];
  return Object.entries(value).map(([key, one]) => [
    key,
    typeof one === "string" ? one : JSON.stringify(one),
  ]);
}
