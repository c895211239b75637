import { describe, expect, test } from "vitest";
import { play, shaperOptions, type Outcome } from "./answer.ts";

/** What models get wrong, or write in a way of their own, and what is made of it. */
const paris = { call: "get_weather", arguments: '{"city":"Paris"}' };
const command = (text: string): { call: string; arguments: string } => ({
  call: "run_command",
  arguments: JSON.stringify({ command: text }),
});
const hermes = (body: string): string => `<tool_call>${body}</tool_call>`;

const examples: readonly (readonly [string, string, Outcome["blocks"]])[] = [
  // Hermes and its relatives
  [
    "a block in the plural around single ones",
    `<tool_calls>\n${hermes('{"name":"get_weather","arguments":{"city":"Paris"}}')}\n</tool_calls>`,
    [paris],
  ],
  [
    "function_call as the tag",
    '<function_call>{"name":"get_weather","arguments":{"city":"Paris"}}</function_call>',
    [paris],
  ],
  [
    "several objects in one block",
    hermes(
      '{"name":"get_weather","arguments":{"city":"Paris"}}\n{"name":"run_command","arguments":{"command":"ls"}}',
    ),
    [paris, command("ls")],
  ],
  [
    "parameters, input and args for arguments",
    hermes('{"name":"get_weather","parameters":{"city":"Paris"}}') +
      hermes('{"tool":"get_weather","input":{"city":"Paris"}}') +
      hermes('{"function":"get_weather","args":{"city":"Paris"}}'),
    [paris, paris, paris],
  ],
  ["the arguments before the name", hermes('{"arguments":{"city":"Paris"},"name":"get_weather"}'), [paris]],
  ["the name as the only key", hermes('{"get_weather":{"city":"Paris"}}'), [paris]],
  [
    "a wrapper of the API",
    hermes(
      '{"tool_calls":[{"type":"function","function":{"name":"get_weather","arguments":"{\\"city\\":\\"Paris\\"}"}}]}',
    ),
    [paris],
  ],
  [
    "an id after the arguments",
    hermes('{"name":"get_weather","arguments":{"city":"Paris"},"id":"call_7"}'),
    [paris],
  ],
  ["double braces", hermes('{{"name":"get_weather","arguments":{"city":"Paris"}}}'), [paris]],
  [
    "a missing brace",
    `${hermes('{"name":"get_weather","arguments":{"city":"Paris"}')} ok`,
    [paris, { text: "ok" }],
  ],
  [
    "a brace too many",
    `${hermes('{"name":"get_weather","arguments":{"city":"Paris"}}}')} ok`,
    [paris, { text: "ok" }],
  ],
  [
    "no closing tag before more text",
    '<tool_call>{"name":"get_weather","arguments":{"city":"Paris"}}\nLet me wait.',
    [paris, { text: "Let me wait." }],
  ],
  [
    "no closing tag before the next call",
    '<tool_call>{"name":"get_weather","arguments":{"city":"Paris"}}\n<tool_call>{"name":"run_command","arguments":{"command":"ls"}}</tool_call>',
    [paris, command("ls")],
  ],
  [
    "Python instead of JSON",
    hermes("{'name': 'get_weather', 'arguments': {'city': 'Paris', 'celsius': True, 'days': None}}"),
    [{ call: "get_weather", arguments: '{"city":"Paris","celsius":true}' }],
  ],
  ["keys without quotes", hermes('{name: "get_weather", arguments: {city: "Paris"}}'), [paris]],
  [
    "several keys without quotes",
    hermes('{name: "run_command", arguments: {command: "echo a, b: c, \\"d\\"", timeout_ms: 5}}'),
    [{ call: "run_command", arguments: '{"command":"echo a, b: c, \\"d\\"","timeout_ms":5}' }],
  ],
  [
    "Python that quotes an apostrophe",
    hermes(`{"name": "run_command", "arguments": {'command': "echo it's", 'timeout_ms': 5}}`),
    [{ call: "run_command", arguments: '{"command":"echo it\'s","timeout_ms":5}' }],
  ],
  [
    "a missing comma",
    hermes('{"name": "run_command", "arguments": {"command": "echo \\"a\\""\n"timeout_ms": 5}}'),
    [{ call: "run_command", arguments: '{"command":"echo \\"a\\"","timeout_ms":5}' }],
  ],
  ["a comma too many", hermes('{"name":"get_weather","arguments":{"city":"Paris",},}'), [paris]],
  ["a comment", hermes('{"name":"get_weather","arguments":{/* where */"city":"Paris"}}'), [paris]],
  [
    "quotes that were not escaped",
    hermes('{"name":"run_command","arguments":{"command":"echo "a", "b""}}'),
    [command('echo "a", "b"')],
  ],
  [
    "line breaks that were not escaped",
    hermes('{"name":"run_command","arguments":{"command":"a\n\tb"}}'),
    [command("a\n\tb")],
  ],
  [
    "a dollar, an apostrophe and a backtick that were escaped",
    hermes(String.raw`{"name":"run_command","arguments":{"command":"echo \$HOME \'x\' \`y\`"}}`),
    [command("echo $HOME 'x' `y`")],
  ],
  [
    "backslashes of a pattern that were not escaped",
    hermes(String.raw`{"name":"run_command","arguments":{"command":"grep \d+\.\w C:\Users \u12"}}`),
    [command(String.raw`grep \d+\.\w C:\Users \u12`)],
  ],
  [
    "arguments encoded twice",
    hermes(String.raw`{"name":"run_command","arguments":"{\"command\":\"a \\\"b\\\" é\"}"}`),
    [command('a "b" é')],
  ],
  [
    "quotes around arguments that are no string",
    hermes('{"name":"get_weather","arguments":"{"city":"Paris"}"}'),
    [paris],
  ],
  [
    "no arguments at all",
    hermes('{"name":"list-files"}') +
      hermes('{"name":"list-files","arguments":null}') +
      hermes('{"name":"list-files","arguments":""}'),
    Array.from({ length: 3 }, () => ({ call: "list-files", arguments: "{}" })),
  ],
  [
    "the closing tag in a string",
    hermes('{"name":"run_command","arguments":{"command":"echo </tool_call> <tool_call>"}}'),
    [command("echo </tool_call> <tool_call>")],
  ],
  [
    "a tool in another case and with other separators",
    hermes('{"name":"Get-Weather","arguments":{"city":"Paris"}}') +
      hermes('{"name":"functions.list_files","arguments":{}}'),
    [paris, { call: "list-files", arguments: "{}" }],
  ],
  [
    "keys in another case",
    hermes('{"name":"run_command","arguments":{"Command":"ls","timeoutMs":"5"}}'),
    [{ call: "run_command", arguments: '{"command":"ls","timeout_ms":5}' }],
  ],
  [
    "the same key twice: the first may be out already",
    hermes('{"name":"run_command","arguments":{"command":"a","command":"b"}}'),
    [command("a")],
  ],
  [
    "a number that is too large for a number",
    hermes('{"name":"list-files","arguments":{"id":12345678901234567890}}'),
    [{ call: "list-files", arguments: '{"id":12345678901234567890}' }],
  ],
  [
    "such numbers in a list",
    hermes('{"name":"list-files","arguments":{"ids":[12345678901234567890,1.0]}}'),
    [{ call: "list-files", arguments: '{"ids":[12345678901234567890,1.0]}' }],
  ],
  [
    "JSON for a text: its layout is kept",
    hermes('{"name":"run_command","arguments":{"command":{"a":  1}}}'),
    [command('{"a":  1}')],
  ],
  [
    "attributes of the tag",
    '<tool_call id="1">{"name":"get_weather","arguments":{"city":"Paris"}}</tool_call>',
    [paris],
  ],
  ["the name as an attribute", '<tool_call name="get_weather">{"city":"Paris"}</tool_call>', [paris]],
  // Raw values
  [
    "parameters that are not closed",
    "<tool_call>\n<function=edit_file>\n<parameter=path>\n/a\n<parameter=options>\n{}\n</function>\n</tool_call>",
    [{ call: "edit_file", arguments: '{"path":"/a","options":{}}' }],
  ],
  [
    "a function that is not closed",
    "<tool_call>\n<function=get_weather>\n<parameter=city>\nParis\n</parameter>\n</tool_call> ok",
    [paris, { text: "ok" }],
  ],
  [
    "a function without a block",
    "<function=get_weather>\n<parameter=city>\nParis\n</parameter>\n</function>",
    [paris],
  ],
  [
    "tags in a raw value",
    "<function=run_command><parameter=command>\n<parameter=x>\n</parameter>, </function> and </tool_call>\n</parameter></function>",
    [command("<parameter=x>\n</parameter>, </function> and </tool_call>")],
  ],
  [
    "blank lines in a raw value",
    "<function=run_command>\n<parameter=command>\n\n  a\n\n</parameter>\n</function>",
    [command("\n  a\n")],
  ],
  [
    "a value of one line",
    "<invoke name='run_command'><parameter name='command'>ls \n</parameter></invoke>",
    [command("ls \n")],
  ],
  [
    "a value on lines of its own",
    '<invoke name="run_command"><parameter name="command">\nls\n</parameter></invoke>',
    [command("ls")],
  ],
  [
    "words of Python for values",
    "<function=get_weather><parameter=city>Paris</parameter><parameter=celsius>True</parameter><parameter=days>None</parameter></function>",
    [{ call: "get_weather", arguments: '{"city":"Paris","celsius":true}' }],
  ],
  [
    "untyped values that the schema doesn't know",
    '<invoke name="list-files"><parameter name="a">5</parameter><parameter name="b">five</parameter><parameter name="c">[1]</parameter></invoke>',
    [{ call: "list-files", arguments: '{"a":5,"b":"five","c":[1]}' }],
  ],
  ["a namespace before the names", invokeWith("antml:"), [command("ls")]],
  ["DSML with ASCII bars", invokeWith("|DSML|"), [command("ls")]],
  [
    "DSML that says which values are strings",
    '<｜DSML｜invoke name="get_weather"><｜DSML｜parameter name="city" string="true">\nParis</｜DSML｜parameter><｜DSML｜parameter name="hours" string="false">[1, 2]</｜DSML｜parameter></｜DSML｜invoke>',
    [{ call: "get_weather", arguments: '{"city":"\\nParis","hours":[1,2]}' }],
  ],
  [
    "DSML whose JSON is none",
    '<｜DSML｜invoke name="run_command"><｜DSML｜parameter name="command" string="false">ls -l</｜DSML｜parameter></｜DSML｜invoke>',
    [command("ls -l")],
  ],
  // Others
  [
    "GLM without line breaks",
    "<tool_call>get_weather<arg_key>city</arg_key><arg_value>Paris</arg_value></tool_call>",
    [paris],
  ],
  ["GLM with JSON", '<tool_call>get_weather\n{"city":"Paris"}\n</tool_call>', [paris]],
  [
    "DeepSeek without the outer tokens, in ASCII",
    '<|tool_call_begin|>get_weather<|tool_sep|>{"city":"Paris"}<|tool_call_end|>',
    [paris],
  ],
  [
    "Kimi in the singular, without an index",
    '<|tool_call_section_begin|><|tool_call_begin|>get_weather<|tool_call_argument_begin|>{"city":"Paris"}<|tool_call_end|><|tool_call_section_end|>',
    [paris],
  ],
  [
    "Llama with a list of objects",
    '[{"name":"get_weather","parameters":{"city":"Paris"}}, {"name":"run_command","parameters":{"command":"ls"}}]',
    [paris, command("ls")],
  ],
  [
    "Llama with line breaks between objects",
    '{"name":"get_weather","parameters":{"city":"Paris"}}\n{"name":"run_command","parameters":{"command":"ls"}}',
    [paris, command("ls")],
  ],
  [
    "Llama with the wrapper of the API",
    '{"type":"function","function":{"name":"get_weather","parameters":{"city":"Paris"}}}',
    [paris],
  ],
  ["Llama 4 between its tokens", "<|python_start|>[get_weather(city='Paris')]<|python_end|>", [paris]],
  [
    "Llama 4 with values by position",
    "[get_weather('Paris', 3)]",
    [{ call: "get_weather", arguments: '{"city":"Paris","days":3}' }],
  ],
  [
    "Llama 4 with all kinds of values",
    String.raw`[edit_file(path="a\n\x41é\'", edits=[{'old': 'a', "new": """b"c"""}], options={"limits": {"a": -1.5, "b": None}, "dryRun": False,})]`,
    [
      {
        call: "edit_file",
        arguments: JSON.stringify({
          path: "a\nAé'",
          edits: [{ old: "a", new: 'b"c' }],
          options: { limits: { a: -1.5, b: null }, dryRun: false },
        }),
      },
    ],
  ],
  [
    "harmony with its channels",
    '<|channel|>analysis<|message|>Think < 1.<|end|><|start|>assistant<|channel|>commentary<|message|>I look.<|end|><|start|>assistant to=functions.get_weather<|channel|>commentary <|constrain|>json<|message|>{"city":"Paris"}<|call|>',
    [{ reasoning: "Think < 1." }, { text: "I look." }, paris],
  ],
  [
    "harmony with an answer",
    "<|channel|>analysis<|message|>Think.<|end|><|start|>assistant<|channel|>final<|message|>A `<|end|>` b<|return|>",
    [{ reasoning: "Think." }, { text: "A `<|end|>` b" }],
  ],
];

/** A call in tags with a prefix. Put together, so that this file holds no such tag itself. */
function invokeWith(prefix: string): string {
  return [
    `<${prefix}function_calls>`,
    `<${prefix}invoke name="run_command">`,
    `<${prefix}parameter name="command">ls</${prefix}parameter>`,
    `</${prefix}invoke>`,
    `</${prefix}function_calls>`,
  ].join("\n");
}

describe.each(["stream", "whole"] as const)("quirks, arguments mode %s", (argumentsMode) => {
  test.each(examples)("%s", (_, text, blocks) => {
    const finish = blocks.some((block) => "call" in block) ? "tool-calls" : "stop";
    const expected = { blocks, finish };
    expect(play({ pieces: [text] }, shaperOptions({}, { argumentsMode }))).toEqual(expected);
    expect(play({ pieces: text.split("") }, shaperOptions({}, { argumentsMode })), "unit by unit").toEqual(
      expected,
    );
  });
});
