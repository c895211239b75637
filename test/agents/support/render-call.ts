/** Arguments of a scripted tool call. */
export type Arguments = Readonly<Record<string, unknown>>;

/** A call that a model writes. */
export interface Call {
  readonly name: string;
  readonly args: Arguments;
}

/** How models of several families write calls when nothing but text is left to them. */
export const syntaxes = {
  hermes: (calls) =>
    each(
      calls,
      ({ name, args }) => `<tool_call>\n${JSON.stringify({ name, arguments: args })}\n</tool_call>`,
    ),
  "qwen3-coder": (calls) =>
    each(
      calls,
      ({ name, args }) =>
        `<tool_call>\n<function=${name}>\n${pairs(
          args,
          (key, value) => `<parameter=${key}>\n${value}\n</parameter>\n`,
        )}</function>\n</tool_call>`,
    ),
  "glm-4.5": (calls) =>
    each(
      calls,
      ({ name, args }) =>
        `<tool_call>${name}\n${pairs(
          args,
          (key, value) => `<arg_key>${key}</arg_key>\n<arg_value>${value}</arg_value>\n`,
        )}</tool_call>`,
    ),
  "kimi-k2": (calls) =>
    `<|tool_calls_section_begin|>${calls
      .map(
        ({ name, args }, index) =>
          `<|tool_call_begin|>functions.${name}:${index}<|tool_call_argument_begin|>${JSON.stringify(args)}<|tool_call_end|>`,
      )
      .join("")}<|tool_calls_section_end|>`,
  "deepseek-v3.1": (calls) =>
    `<｜tool▁calls▁begin｜>${calls
      .map(
        ({ name, args }) =>
          `<｜tool▁call▁begin｜>${name}<｜tool▁sep｜>${JSON.stringify(args)}<｜tool▁call▁end｜>`,
      )
      .join("")}<｜tool▁calls▁end｜>`,
  "deepseek-v3.2": (calls) =>
    `<｜DSML｜function_calls>\n${each(
      calls,
      ({ name, args }) =>
        `<｜DSML｜invoke name="${name}">\n${Object.entries(args)
          .map(
            ([key, value]) =>
              `<｜DSML｜parameter name="${key}" string="${typeof value === "string"}">${toPlain(value)}</｜DSML｜parameter>\n`,
          )
          .join("")}</｜DSML｜invoke>`,
    )}\n</｜DSML｜function_calls>`,
  invoke: (calls) =>
    `<function_calls>\n${each(
      calls,
      ({ name, args }) =>
        `<invoke name="${name}">\n${pairs(
          args,
          (key, value) => `<parameter name="${key}">${value}</parameter>\n`,
        )}</invoke>`,
    )}\n</function_calls>`,
} as const satisfies Record<string, (calls: readonly Call[]) => string>;

/** A key of the table above. */
export type Syntax = keyof typeof syntaxes;

/** What never may be seen by an agent's user: the markup above, and thinking in the text. */
export const markup = /<\/?tool_call|<function|<\/?parameter|<\/?arg_|<\/?invoke|<\||<｜|DSML|<\/?think>/;

function each(calls: readonly Call[], render: (call: Call) => string): string {
  return calls.map(render).join("\n");
}

function pairs(args: Arguments, render: (key: string, value: string) => string): string {
  return Object.entries(args)
    .map(([key, value]) => render(key, toPlain(value)))
    .join("");
}

function toPlain(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Calls as text. */
export function renderCalls(syntax: Syntax, calls: readonly Call[]): string {
  return syntaxes[syntax](calls);
}
