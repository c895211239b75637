/** Arguments of a scripted tool call. */
export type Arguments = Readonly<Record<string, unknown>>;

/** How models of several families write a call when nothing but text is left to them. */
export const syntaxes = {
  hermes: (name, args) => `<tool_call>\n${JSON.stringify({ name, arguments: args })}\n</tool_call>`,
  "qwen3-coder": (name, args) =>
    `<tool_call>\n<function=${name}>\n${Object.entries(args)
      .map(([key, value]) => `<parameter=${key}>\n${toPlain(value)}\n</parameter>\n`)
      .join("")}</function>\n</tool_call>`,
  "kimi-k2": (name, args) =>
    `<|tool_calls_section_begin|><|tool_call_begin|>functions.${name}:0<|tool_call_argument_begin|>${JSON.stringify(
      args,
    )}<|tool_call_end|><|tool_calls_section_end|>`,
  "deepseek-v3.1": (name, args) =>
    `<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>${name}<｜tool▁sep｜>${JSON.stringify(args)}<｜tool▁call▁end｜><｜tool▁calls▁end｜>`,
  invoke: (name, args) =>
    `<function_calls>\n<invoke name="${name}">\n${Object.entries(args)
      .map(([key, value]) => `<parameter name="${key}">${toPlain(value)}</parameter>\n`)
      .join("")}</invoke>\n</function_calls>`,
} as const satisfies Record<string, (name: string, args: Arguments) => string>;

/** A key of the table above. */
export type Syntax = keyof typeof syntaxes;

function toPlain(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** One call as text. */
export function renderCall(syntax: Syntax, name: string, args: Arguments): string {
  return syntaxes[syntax](name, args);
}
