import type { SimulatedCall } from "../choose-calls.ts";

const json = (value: unknown): string => JSON.stringify(value);
/** A value as a template prints it: texts as they are. */
const plain = (value: unknown): string => (typeof value === "string" ? value : json(value));
const spaced = (value: unknown): string => JSON.stringify(value, null, 1).replaceAll(/\n\s*/g, " ");

/** Writes each call with its arguments, joined. */
function each(
  write: (call: SimulatedCall, index: number) => string,
  joint = "\n",
): (calls: readonly SimulatedCall[]) => string {
  return (calls) => calls.map(write).join(joint);
}

function fields(
  { input }: SimulatedCall,
  write: (key: string, value: string, type: string) => string,
): string {
  return Object.entries(input)
    .map(([key, value]) => write(key, plain(value), typeof value))
    .join("");
}

/** Puts what was written between the marks of a whole block. */
function block(
  start: string,
  inner: (calls: readonly SimulatedCall[]) => string,
  end: string,
): (calls: readonly SimulatedCall[]) => string {
  return (calls) => `${start}${inner(calls)}${end}`;
}

function gemmaValue(value: unknown): string {
  if (typeof value === "string") return `<|"|>${value}<|"|>`;
  if (Array.isArray(value)) return `[${value.map(gemmaValue).join(",")}]`;
  if (typeof value !== "object" || value === null) return json(value);
  const members = Object.entries(value).map(([key, member]) => `${key}:${gemmaValue(member)}`);
  return `{${members.join(",")}}`;
}

/** How model families write calls, after their chat templates: what is left in the content where nothing parses it. */
export const leakedMarkup = {
  hermes: each(
    ({ name, input }) => `<tool_call>\n{"name": ${json(name)}, "arguments": ${spaced(input)}}\n</tool_call>`,
  ),
  "qwen-coder": each((call) => {
    const parameters = fields(call, (key, value) => `<parameter=${key}>\n${value}\n</parameter>\n`);
    return `<tool_call>\n<function=${call.name}>\n${parameters}</function>\n</tool_call>`;
  }),
  glm: each((call) => {
    const pairs = fields(
      call,
      (key, value) => `<arg_key>${key}</arg_key>\n<arg_value>${value}</arg_value>\n`,
    );
    return `<tool_call>${call.name}\n${pairs}</tool_call>`;
  }),
  "kimi-k2": block(
    "<|tool_calls_section_begin|>",
    each(
      ({ name, input }, index) =>
        `<|tool_call_begin|>functions.${name}:${index}<|tool_call_argument_begin|>${json(input)}<|tool_call_end|>`,
      "",
    ),
    "<|tool_calls_section_end|>",
  ),
  "kimi-k3": block(
    "<|open|>tools<|sep|>",
    each((call, index) => {
      const parameters = fields(
        call,
        (key, value, type) =>
          `<|open|>argument key="${key}" type="${type}"<|sep|>${value}<|close|>argument<|sep|>`,
      );
      return `<|open|>call tool="${call.name}" index="${index + 1}"<|sep|>${parameters}<|close|>call<|sep|>`;
    }, ""),
    "<|close|>tools<|sep|><|close|>message<|sep|>",
  ),
  mistral: each(({ name, input }) => `[TOOL_CALLS]${name}[ARGS]${json(input)}`, ""),
  "mistral-list": (calls: readonly SimulatedCall[]) =>
    `[TOOL_CALLS] ${json(calls.map(({ name, input }) => ({ name, arguments: input })))}`,
  llama: block(
    "<|python_tag|>",
    each(({ name, input }) => `{"name": ${json(name)}, "parameters": ${spaced(input)}}`, "; "),
    "",
  ),
  "deepseek-v3.1": block(
    "<｜tool▁calls▁begin｜>",
    each(
      ({ name, input }) => `<｜tool▁call▁begin｜>${name}<｜tool▁sep｜>${json(input)}<｜tool▁call▁end｜>`,
      "",
    ),
    "<｜tool▁calls▁end｜>",
  ),
  "deepseek-dsml": block(
    "<｜DSML｜function_calls>\n",
    each((call) => {
      const parameters = fields(
        call,
        (key, value, type) =>
          `<｜DSML｜parameter name="${key}" string="${type === "string"}">${value}</｜DSML｜parameter>\n`,
      );
      return `<｜DSML｜invoke name="${call.name}">\n${parameters}</｜DSML｜invoke>`;
    }),
    "\n</｜DSML｜function_calls>",
  ),
  harmony: each(
    ({ name, input }) =>
      `<|channel|>commentary to=functions.${name} <|constrain|>json<|message|>${json(input)}<|call|>`,
    "<|start|>assistant",
  ),
  minimax: block(
    "<minimax:tool_call>\n",
    each((call) => {
      const parameters = fields(call, (key, value) => `<parameter name="${key}">${value}</parameter>\n`);
      return `<invoke name="${call.name}">\n${parameters}</invoke>`;
    }),
    "\n</minimax:tool_call>",
  ),
  "gemma-4": each(({ name, input }) => `<|tool_call>call:${name}${gemmaValue(input)}<tool_call|>`, ""),
  "lm-studio": each(
    ({ name, input }) => `[TOOL_REQUEST]${json({ name, arguments: input })}[END_TOOL_REQUEST]`,
  ),
  "sglang-list": (calls: readonly SimulatedCall[]) =>
    json(calls.map(({ name, input }) => ({ name, parameters: input }))),
} satisfies Readonly<Record<string, (calls: readonly SimulatedCall[]) => string>>;

/** The families whose markup is known. */
export type LeakedSyntax = keyof typeof leakedMarkup;
