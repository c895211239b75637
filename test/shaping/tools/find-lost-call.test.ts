import { describe, expect, test } from "vitest";

import { findLostCall } from "../../../src/shaping/tools/find-lost-call.ts";

const names = ["get_weather", "get_time", "bash", "search"];

describe("a call that nobody read", () => {
  test.each([
    ["a function of Python alone", 'get_weather(city="Paris")'],
    ["behind a sentence", 'I look.\nget_weather(city="Paris")'],
    ["in the sentence's line, at the end", 'I will call get_weather(city="Paris")'],
    ["a method", 'get_weather.call(city="Paris")'],
    ["without arguments, on a line of its own", "Let me see.\n\nget_time()"],
    ["several", 'I look.\n[get_weather(city="Paris"), get_time()]'],
    ["one that breaks off", 'I look.\nget_weather(city="Paris"'],
    ["one that breaks off in a text", 'bash(command="ls -la'],
    ["one that breaks off, with colons", "get_weather(city: Paris; days: 2"],
    ["braces", "I look. get_weather{city: Paris}"],
    ["braces behind a word", 'get_weather json\n{"city": "Paris"}'],
    ["a recipient", 'commentary to=functions.get_weather json {"city": "Paris"}'],
    ["an unknown token", '<|tool|>get_weather<|args|>{"city": "Paris"}<|end|>'],
    ["brackets", 'I look.[TOOL_CALLS]get_weather[ARGS]{"city": "Paris"}</s>'],
    [
      "brackets with closers",
      '[tool_call]\n{"name": "get_weather", "arguments": {"city": "Paris"}}\n[/tool_call]',
    ],
    ["escaped tags", '&lt;tool_call&gt;\n{"name": "bash", "arguments": {}}\n&lt;/tool_call&gt;'],
    ["the tool's name as a tag", "I look:\n<bash>\n<command>ls</command>\n</bash>"],
    ["a tag with attributes", '<call tool="bash" command="ls"/>'],
    ["an element for the name", "<tool_use><name>bash</name><arguments>{}</arguments></tool_use>"],
    ["glued to what follows", "<tool_call>bashcommand</arg_key><arg_value>ls</arg_value></tool_call>"],
    ["JSON with arguments first", '{"arguments": {"city": "Paris"}, "name": "get_weather"}'],
    ["JSON in apostrophes", "I look: {'name': 'get_weather', 'parameters': {'city': 'Paris'}}"],
    ["JSON with a namespace", '{"name": "default_api.get_weather", "arguments": {"city": "Paris"}}'],
    ["JSON over several lines", '{\n  "name": "bash",\n  "arguments": {\n    "command": "a. b! c"\n  }\n}'],
    ["the tool's name as a tag with attributes", '<bash command="ls" />'],
    ["printed", 'print(get_weather(city="Paris"))'],
    ["printed in a tag", '<code>\nprint(get_weather(city="Paris"))\n</code>'],
    ["markup behind it", 'get_weather(city="Paris")<end_of_call> [END]\n```<eos>;'],
    ["an apostrophe that nothing closes", "get_weather(city=Val d'Or, day=1)"],
    ["brackets in strings", `get_weather(city=")", note='it\\'s (', more="\\"(")`],
    ["steps", 'Thought: I look.\nAction: bash\nAction Input: {"command": "ls"}'],
  ])("%s", (_, text) => {
    expect(findLostCall(text, names)).toBeDefined();
  });
});

test("markup in front of a name is looked through once, however it could be taken apart", () => {
  expect(findLostCall(`${"<>".repeat(100)} a get_weather{`, names)).toBeUndefined();
});

describe("no call", () => {
  test.each([
    ["a program", 'def get_weather(city):\n    return 1\n\nprint(get_weather("Paris"))'],
    ["a definition of a type", "interface search {\n  query: string;\n}"],
    [
      "a sentence that mentions a call",
      'Use get_weather(city) or get_weather(city="Paris") to ask for the weather.',
    ],
    ["the same at its end", 'Use get_weather(city="Paris").'],
    ["a signature at the end", "It is the same as get_weather(city)"],
    ["an open bracket in a sentence", 'It begins with get_weather(city="Paris'],
    ["an open bracket with a sentence behind it", 'get_weather(city="Paris" is what I would call.'],
    ["an open bracket before a paragraph", 'get_weather(city="Paris"\n\nThat is how it begins'],
    ["empty brackets in a sentence", "Better than get_time()"],
    ["signatures in a list", "Tools:\n- get_weather(city, days)\n- bash(command)\n\nAsk me."],
    ["a list that ends so", 'I would try:\n- get_weather(city="Paris")\n- bash(command="ls")'],
    ["a quote", '> {"name": "get_weather", "arguments": {"city": "Paris"}}'],
    ["inline code", 'I ran `get_weather(city="Paris")`'],
    ["a fence", 'So:\n```python\nget_weather(city="Paris")\n```'],
    ["an open fence", 'So:\n```python\nget_weather(city="Paris")'],
    ["a link", "[get_weather](https://example.org/x) is documented there."],
    [
      "the definition of a tool",
      '{"name": "get_weather", "description": "d", "parameters": {"type": "object"}}',
    ],
    ["a name and nothing else", '{"name": "get_weather"}'],
    ["a sentence about markup", "The tag <function=get_weather> begins a call."],
    ["a sentence about a tag", "In HTML <search> holds what searches."],
    ["a longer name", 'get_weathers(city="Paris") and re_search("x")'],
    ["a word that is a tool's name", "I search (again) for it {and find nothing}."],
    ["an unknown tool", 'fly(to="Paris")'],
    // To be read in one way: in many they would take for ever.
    ["signs and words in front", `${"< >[_]<tool>".repeat(30)}x get_weather{\ny`],
    ["words behind, and much markup", `get_weather(city="Paris")${"<a> [END]".repeat(30)} x`],
    ["quotes that nothing closes", `x get_weather{ "${String.raw`\"`.repeat(30)}. A }`],
    ["nothing", ""],
  ])("%s", (_, text) => {
    expect(findLostCall(text, names)).toBeUndefined();
  });
});
