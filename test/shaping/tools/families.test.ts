import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

import type { ToolDefinition } from "../../../src/model/request.ts";
import { play, shaperOptions, type Outcome } from "./answer.ts";

/** The tools of test/fixtures/standard-tools.json. */
const tools = (
  JSON.parse(readFileSync(new URL("../../fixtures/standard-tools.json", import.meta.url), "utf8")) as {
    function: ToolDefinition;
  }[]
).map((tool) => tool.function);

type Call = readonly [name: string, input: unknown];

const weather: Call = ["get_weather", { city: "Paris" }];
const days: Call = ["get_weather", { city: "Paris", days: 3 }];
const time: Call = ["get_time", {}];
const list: Call = ["bash", { command: "ls -la" }];
const slow: Call = ["bash", { command: "ls -la", timeout: 5 }];
const file: Call = ["write_file", { path: "a.md", content: "# Hi\n<b>x</b>" }];

/** Text, the calls that it holds, and the text that is left. */
type Row = readonly [text: string, calls: readonly Call[], content?: string];

const families: Readonly<Record<string, readonly Row[]>> = {
  "Gemma 4": [
    ['<|tool_call>call:get_weather{city:<|"|>Paris<|"|>,days:3}<tool_call|>', [days]],
    ['<|tool_call>call:get_weather{city: <|"|>Paris<|"|>, days: 3}<tool_call|>', [days]],
    [
      'Sure.<|tool_call>call:get_time{}<tool_call|><|tool_call>call:bash{command:<|"|>ls -la<|"|>}<tool_call|>',
      [time, list],
      "Sure.",
    ],
    ['<|tool_call>call:write_file{path:<|"|>a.md<|"|>,content:<|"|># Hi\n<b>x</b><|"|>}<tool_call|>', [file]],
    [
      '<|tool_call>call:search{query:<|"|>a, b: {c}<|"|>,filters:{tags:[<|"|>x<|"|>,<|"|>y, z<|"|>],exact:true}}<tool_call|>',
      [["search", { query: "a, b: {c}", filters: { tags: ["x", "y, z"], exact: true } }]],
    ],
    [
      '<|tool_call>call:edit{file_path:<|"|>a<|"|>,edits:[{old_string:<|"|>"q"<|"|>,new_string:<|"|><|"|>,replace_all:false}]}<tool_call|>',
      [["edit", { file_path: "a", edits: [{ old_string: '"q"', new_string: "", replace_all: false }] }]],
    ],
    ['<|tool_call>call:get_weather{"city":"Paris","days":3}<tool_call|>', [days]],
    ['<|tool_call>call:get_weather{city:"Paris"}<tool_call|>', [weather]],
    ['<|tool_call>get_weather{city:<|"|>Paris<|"|>}<tool_call|>', [weather]],
    ['<|tool_call>:get_weather{city:<|"|>Paris<|"|>}<tool_call|>', [weather]],
    ['<|tool_call>call:default_api.get_weather{city:<|"|>Paris<|"|>}<tool_call|>', [weather]],
    [
      '<|tool_call>call:get_weather{city:<|"|>Paris<|"|>}<tool_call|><|tool_response>response:get_weather{a:1}',
      [weather],
    ],
    ['<|tool_call>call:get_weather{city:<|"|>Paris<|"|>}<tool_call|><turn|>', [weather]],
    ["call:get_weather{city:Paris}", [weather]],
    ["I look.\ncall:bash{command:ls -la,timeout:5}", [slow], "I look."],
    [
      "call:get_weather{city:San Francisco, CA,days:2}",
      [["get_weather", { city: "San Francisco, CA", days: 2 }]],
    ],
    ["call:get_time{}call:bash{command:ls -la}", [time, list]],
    ["<start_function_call>call:bash{command:<escape>ls -la<escape>,timeout:5}<end_function_call>", [slow]],
  ],
  Nemotron: [
    [
      '<TOOLCALL>[{"name": "get_weather", "arguments": {"city": "Paris"}}, {"name": "get_time", "arguments": {}}]</TOOLCALL>',
      [weather, time],
    ],
    [
      'Sure.\n<TOOLCALL>{"name": "bash", "arguments": {"command": "ls -la"}}</TOOLCALL>\nWait.',
      [list],
      "Sure.Wait.",
    ],
  ],
  "Llama 3": [
    ['<function=bash={"command": "ls -la"}</function>', [list]],
    ['<function=bash{"command": "ls -la"}</function>', [list]],
    ['<function=bash({"command": "ls -la"})</function>', [list]],
    ['<function=bash>{"command": "ls -la"}</function>', [list]],
    ['<function=bash>{"command": "ls -la"}<function>', [list]],
    ['<function=bash [{"command": "ls -la"}]</function>', [list]],
    ['<function(bash)>{"command": "ls -la"}</function>', [list]],
    ['<function(bash){"command": "ls -la"}</function>', [list]],
    ["<function=get_time={}</function>", [time]],
    ['<function=bash>{"command": "ls -la"}</function><|eot_id|>', [list]],
    ['<|python_tag|>get_weather.call(city="Paris", days=3)', [days]],
    ['<|python_tag|>get_weather(city="Paris")<|eom_id|>', [weather]],
    ['<|python_tag|>bash.call(command="ls -la")<|eom_id|>', [list]],
    ['<|python_start|>[get_weather(city="Paris"), get_time()]<|python_end|><|eot|>', [weather, time]],
  ],
  Kimi: [
    ['functions.get_weather:0{"city": "Paris"}', [weather]],
    [
      'I look.\nfunctions.get_weather:0 {"city": "Paris"}\nfunctions.get_time:1 {}',
      [weather, time],
      "I look.",
    ],
    ['functions.get_weather:0{"city": "Paris"}functions.bash:1{"command": "ls -la"}', [weather, list]],
    [
      '<|tool_calls_section_begin|>functions.get_weather:0<|tool_call_argument_begin|>{"city": "Paris"}<|tool_call_end|><|tool_calls_section_end|>',
      [weather],
    ],
    [
      '<|tool_call_begin|>get_weather:0<|tool_call_argument_begin|>{"city": "Paris"}<|tool_call_end|>',
      [weather],
    ],
    [
      '<|open|>tools<|sep|><|open|>call tool="get_weather" index="1"<|sep|><|open|>argument key="city" type="string"<|sep|>Paris<|close|>argument<|sep|><|open|>argument key="days" type="number"<|sep|>3<|close|>argument<|sep|><|close|>call<|sep|><|open|>call tool="get_time" index="2"<|sep|><|close|>call<|sep|><|close|>tools<|sep|><|close|>message<|sep|>',
      [days, time],
    ],
    ["<|open|>response<|sep|>Hi.<|close|>response<|sep|><|close|>message<|sep|>", [], "Hi."],
  ],
  DeepSeek: [
    [
      '<｜tool calls begin｜><｜tool call begin｜>function<｜tool sep｜>get_weather\n```json\n{"city": "Paris"}\n```<｜tool call end｜><｜tool calls end｜>',
      [weather],
    ],
    [
      '<｜tool\\_calls\\_begin｜><｜tool\\_call\\_begin｜>function<｜tool\\_sep｜>bash\n```json\n{"command": "ls -la"}\n```<｜tool\\_call\\_end｜><｜tool\\_calls\\_end｜>',
      [list],
    ],
    [
      '<｜tool▁calls▁begin｜>get_weather<｜tool▁sep｜>{"city": "Paris"}<｜tool▁call▁end｜><｜tool▁calls▁end｜>',
      [weather],
    ],
    [
      '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>get_weather\n```json\n{"city": "Paris"}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>',
      [weather],
    ],
    [
      '<｜｜DSML｜｜tool_calls>\n<｜｜DSML｜｜invoke name="bash">\n<｜｜DSML｜｜parameter name="command" string="true">ls -la</｜｜DSML｜｜parameter>\n<｜｜DSML｜｜parameter name="timeout" string="false">5</｜｜DSML｜｜parameter>\n</｜｜DSML｜｜invoke>\n</｜｜DSML｜｜tool_calls>',
      [slow],
    ],
    [
      '<｜DSML｜ tool_calls>\n<｜DSML｜ invoke name="bash">\n<｜DSML｜ parameter name="command" string="true">ls -la</｜DSML｜ parameter>\n</｜DSML｜ invoke>\n</｜DSML｜ tool_calls>',
      [list],
    ],
    [
      '<|DSML|tool_calls>\n<|DSML|invoke name="bash">\n<|DSML|parameter name="command" string="true">ls -la</|DSML|parameter>\n</|DSML|invoke>\n</|DSML|tool_calls><｜end▁of▁sentence｜>',
      [list],
    ],
    ["Done.\n</｜DSML｜invoke>\n</｜DSML｜tool_calls>", [], "Done."],
  ],
  MiniMax: [
    [
      '<tool_call>\n<invoke name="write_file">\n<path>a.md</path>\n<content># Hi\n<b>x</b></content>\n</invoke>\n<invoke name="get_time">\n</invoke>\n</tool_call>',
      [file, time],
    ],
    [
      '<minimax:tool_call>\n<invoke name="bash">\n<command>ls -la</command>\n<timeout>5</timeout>\n</invoke>\n</minimax:tool_call>',
      [slow],
    ],
    [
      '<minimax:tool_call>\n<invoke name="bash">\n<parameter name="command">ls -la</command>\n<parameter name="timeout">5</timeout>\n</invoke>\n</minimax:tool_call>',
      [slow],
    ],
    [
      '<minimax:tool_call>\n<invoke name="bash">\n<parameter name="command">ls -la</parameter>\n</invoke>\n</minimax:tool_call>[e~[',
      [list],
    ],
  ],
  GLM: [
    [
      "<tool_call>bashcommand</arg_key><arg_value>ls -la</arg_value><arg_key>timeout</arg_key><arg_value>5</arg_value></tool_call>",
      [slow],
    ],
    ["<tool_call>bash\ncommand</arg_key>\n<arg_value>ls -la</arg_value>\n</tool_call>", [list]],
    [
      "<tool_call>bash<arg_key>command</arg_key><arg_value>ls -la<arg_key>timeout</arg_key><arg_value>5</arg_value></tool_call>",
      [slow],
    ],
    ["<tool_call>bash<arg_key>command</arg_key><arg_value>ls -la</tool_call>", [list]],
    ["<tool_call>bash<arg_key>command<arg_value>ls -la</arg_value></tool_call>", [list]],
    [
      "<tool_call>bash<arg_key>command</arg_key></arg_key><arg_value>ls -la</arg_value></arg_value></tool_call>",
      [list],
    ],
    [
      "<tool_call>bash<arg_key><arg_key>command</arg_key><arg_value><arg_value>ls -la</arg_value>\n</arg_value>\n<arg_key>timeout</arg_key><arg_value>5</arg_value></tool_call></tool_call>",
      [slow],
    ],
    [
      "<tool_call>bash<arg_key>command</arg_key><arg_value>ls -la</arg_value>timeout</arg_key><arg_value>5</arg_value></tool_call>",
      [slow],
    ],
    [
      "<tool_call>bash<arg_key>command</arg_key>ls -la</arg_value><arg_key>timeout</arg_key>5</arg_value></tool_call>",
      [slow],
    ],
    [
      "<tool_call>bash<tool_call>command</arg_key><arg_value>ls -la</arg_value><tool_call>timeout</arg_key><arg_value>5</arg_value></tool_call>",
      [slow],
    ],
    [
      "<tool_call>bash\\n<arg_key>command</arg_key>\\n<arg_value>ls -la</arg_value>\\n<arg_key>timeout</arg_key>\\n<arg_value>5</arg_value>\\n</tool_call>",
      [slow],
    ],
    ['<tool_call>bash command="ls -la" timeout=5</tool_call>', [slow]],
    ["<tool_call>get_time</tool_call><tool_call>get_time\n</tool_call><|observation|>", [time, time]],
    [
      "<tool_call>write_file<arg_key>path</arg_key><arg_value>a.md</arg_value><arg_key>content</arg_key><arg_value>  a\n</arg_value></tool_call>",
      [["write_file", { path: "a.md", content: "  a\n" }]],
    ],
    [
      "<tool_call>write_file<arg_key>path</arg_key><arg_value>a</arg_value><arg_key>content</arg_key><arg_value>Write <arg_value>x</arg_value> in it.</arg_value></tool_call>",
      [["write_file", { path: "a", content: "Write <arg_value>x</arg_value> in it." }]],
    ],
  ],
  "tags of others": [
    [
      '<function_calls>\n<invoke name="bash">\n<param name="command">ls -la</param>\n<param name="timeout">5</param>\n</invoke>\n</function_calls>',
      [slow],
    ],
    ['<invoke name="bash"><argument name="command">ls -la</argument></invoke>', [list]],
    [
      '<function_calls>\n<invoke name="bash">\n<arguments>{"command": "ls -la"}</arguments>\n</invoke>\n</function_calls>',
      [list],
    ],
    ['<invoke name="bash"><tool_input>{"command": "ls -la"}</tool_input></invoke>', [list]],
    [
      '<invoke name="bash"><parameters><parameter name="command">ls -la</parameter></parameters></invoke>',
      [list],
    ],
    [
      '<invoke name="bash"><parameters><command>ls -la</command><timeout>5</timeout></parameters></invoke>',
      [slow],
    ],
    ['<invoke name="get_time"><parameters></parameters></invoke>', [time]],
    [
      '<invoke name="write_file"><parameter name="path"><![CDATA[a.md]]></parameter><parameter name="content">\n<![CDATA[# Hi\n<b>x</b>]]>\n</parameter></invoke>',
      [file],
    ],
    [
      '<invoke name="write_file"><path>a.md</path><content><![CDATA[# Hi\n<b>x</b>]]></content></invoke>',
      [file],
    ],
    [
      '<tool_call name="bash">\n<arg name="command">ls -la</arg>\n<arg name="timeout">5</arg>\n</tool_call>',
      [slow],
    ],
    ['<tool_call name="bash">\n<command>ls -la</command>\n</tool_call>', [list]],
    ['<tool_call name="get_time">{}</tool_call>', [time]],
    ["<bash>\n<command>ls -la</command>\n<timeout>5</timeout>\n</bash>", [slow]],
    [
      "I do it.\n\n<write_file>\n<path>a.md</path>\n<content>\n# Hi\n<b>x</b>\n</content>\n</write_file>\n\nDone.",
      [file],
      "I do it.Done.",
    ],
    [
      '<tool_use>\n<name>bash</name>\n<arguments>\n{"command": "ls -la"}\n</arguments>\n</tool_use>\n<tool_use>\n<name>get_time</name>\n<arguments>{}</arguments>\n</tool_use>',
      [list, time],
    ],
    [
      "<tool_call>\n<name>bash</name>\n<parameters>\n<command>ls -la</command>\n</parameters>\n</tool_call>",
      [list],
    ],
    [
      '<tool_call><tool_name>bash</tool_name><input>```json\n{"command": "ls -la"}\n```</input></tool_call>',
      [list],
    ],
    [
      '<tool_call><tool_name>bash</tool_name><action_input>{"command": "ls -la"}</action_input></tool_call>',
      [list],
    ],
    ['<tool_call>{tool_name: "bash", args: {command: "ls -la"}}</tool_call>', [list]],
    ['<tool_call>bash(command="ls -la", timeout=5)</tool_call>', [slow]],
    ['<tool_call>\nget_time()\nbash(command="ls -la")\n</tool_call>', [time, list]],
    ['<function_calls>\nbash(command="ls -la")\n</function_calls>', [list]],
    [
      '<tools>\n{"name": "bash", "arguments": {"command": "ls -la"}}\n{"name": "get_time", "arguments": {}}\n</tools>',
      [list, time],
    ],
    ['<toolcall>{"name": "bash", "arguments": {"command": "ls -la"}}</toolcall>', [list]],
    ['<Tool_Call>{"name": "bash", "arguments": {"command": "ls -la"}}</Tool_Call>', [list]],
    ['[tool_call]{"name": "bash", "arguments": {"command": "ls -la"}}[/tool_call]', [list]],
    ['[TOOL_CALL]\n{"name": "bash", "arguments": {"command": "ls -la"}}\n[/TOOL_CALL]', [list]],
    [
      "&lt;tool_call&gt;\n{&quot;name&quot;: &quot;bash&quot;, &quot;arguments&quot;: {&quot;command&quot;: &quot;ls -la&quot;}}\n&lt;/tool_call&gt;",
      [list],
    ],
    [
      "&lt;tool_call&gt;\n&lt;function=write_file&gt;\n&lt;parameter=path&gt;\na.md\n&lt;/parameter&gt;\n&lt;parameter=content&gt;\n# Hi\n&lt;b&gt;x&lt;/b&gt;\n&lt;/parameter&gt;\n&lt;/function&gt;\n&lt;/tool_call&gt;",
      [file],
    ],
    ['<tool_call>\n{"action": "bash", "action_input": {"command": "ls -la"}}\n</tool_call>', [list]],
    [
      "<tool_call>\r\n<function=bash>\r\n<parameter=command>\r\nls -la\r\n</parameter>\r\n</function>\r\n</tool_call>",
      [list],
    ],
  ],
  Seed: [
    [
      "<seed:tool_call>\n<function=bash>\n<parameter=command>ls -la</parameter>\n<parameter=timeout>5</parameter>\n</function>\n</seed:tool_call><seed:eos>",
      [slow],
    ],
  ],
  LongCat: [
    [
      "<longcat_tool_call>bash\n<longcat_arg_key>command</longcat_arg_key>\n<longcat_arg_value>ls -la</longcat_arg_value>\n<longcat_arg_key>timeout</longcat_arg_key>\n<longcat_arg_value>5</longcat_arg_value>\n</longcat_tool_call>",
      [slow],
    ],
    ['<longcat_tool_call>{"name": "bash", "arguments": {"command": "ls -la"}}</longcat_tool_call>', [list]],
  ],
  Mistral: [
    ['[TOOL_CALLS] [{"name": "bash", "arguments": {"command": "ls -la"}, "id": "abcdefghi"}]</s>', [list]],
    ['[TOOL_CALLS]bash[CALL_ID]abcdefghi[ARGS]{"command": "ls -la"}', [list]],
    ['[TOOL_CALLS]bash{"command": "ls -la"}[TOOL_CALLS]get_time{}</s>', [list, time]],
    ['[TOOL_CALLS]{"name": "bash", "arguments": {"command": "ls -la"}}', [list]],
    ['I look.\n\n[TOOL_CALLS]bash[ARGS]{"command": "ls -la"}', [list], "I look."],
  ],
  "Granite, Phi-4, Command, LFM2": [
    [
      '<|tool_call|>[{"name": "bash", "arguments": {"command": "ls -la"}}, {"name": "get_time", "arguments": {}}]',
      [list, time],
    ],
    ['<tool_call>[{"name": "bash", "arguments": {"command": "ls -la"}}]', [list]],
    ['<|tool_call|>[{"name": "bash", "arguments": {"command": "ls -la"}}]<|/tool_call|><|end|>', [list]],
    [
      '<|START_ACTION|>[\n    {"tool_call_id": "0", "tool_name": "bash", "parameters": {"command": "ls -la"}},\n    {"tool_call_id": "1", "tool_name": "get_time", "parameters": {}}\n]<|END_ACTION|>',
      [list, time],
    ],
    [
      'I look.\nAction: ```json\n[\n    {\n        "tool_name": "bash",\n        "parameters": {"command": "ls -la"}\n    },\n    {"tool_name": "get_time", "parameters": {}}\n]\n```',
      [list, time],
      "I look.",
    ],
    [
      '<|tool_call_start|>[bash(command="ls -la"), get_time()]<|tool_call_end|>I look.',
      [list, time],
      "I look.",
    ],
    [
      "<|tool_call_start|>[search(query='x', filters={'tags': ['a'], 'exact': True})]<|tool_call_end|>",
      [["search", { query: "x", filters: { tags: ["a"], exact: true } }]],
    ],
    ['<|tool_call_start|>[{"name": "bash", "arguments": {"command": "ls -la"}}]<|tool_call_end|>', [list]],
  ],
  ReAct: [
    ['Thought: I need it.\nAction: bash\nAction Input: {"command": "ls -la"}', [list], "Thought: I need it."],
    ["Action: bash\nAction Input: ls -la\nObservation: a b\nThought: done.", [list]],
    ['Action: bash\nAction Input: ```json\n{"command": "ls -la"}\n```', [list]],
    ['Action: {"action": "bash", "action_input": {"command": "ls -la"}}', [list]],
    ['Action:\n```json\n{"action": "bash", "action_input": {"command": "ls -la"}}\n```', [list]],
  ],
  names: [
    ['<tool_call>{"name": "functions.get_weather:0", "arguments": {"city": "Paris"}}</tool_call>', [weather]],
    ['<tool_call>{"name": "get_weather:1", "arguments": {"city": "Paris"}}</tool_call>', [weather]],
    ['<tool_call>{"name": "default_api.get_weather", "arguments": {"city": "Paris"}}</tool_call>', [weather]],
    ['<tool_call>{"name": "default_api:get_weather", "arguments": {"city": "Paris"}}</tool_call>', [weather]],
    ['<tool_call>{"name": "ns.tools.get_weather", "arguments": {"city": "Paris"}}</tool_call>', [weather]],
    ['<tool_call>{"name": "functions::get_weather", "arguments": {"city": "Paris"}}</tool_call>', [weather]],
    [
      '<tool_call>{"name": "get_weather<|channel|>commentary", "arguments": {"city": "Paris"}}</tool_call>',
      [weather],
    ],
    ['<tool_call>{"name": "get_weather()", "arguments": {"city": "Paris"}}</tool_call>', [weather]],
    ['<tool_call>{"name": "functions.Get-Weather", "arguments": {"city": "Paris"}}</tool_call>', [weather]],
  ],
  "Solar, Phi-4-mini, InternLM, Apertus, Step, Functionary, Qwen-Agent, Gemma 3": [
    [
      '<|tool_call:begin|>abc123<|tool_call:name|>bash<|tool_call:args|>{"command": "ls -la"}<|tool_call:end|>',
      [list],
    ],
    [
      'functools[{"name": "bash", "arguments": {"command": "ls -la"}}, {"name": "get_time", "arguments": {}}]',
      [list, time],
    ],
    [
      'I look.<|action_start|><|plugin|>\n{"name": "bash", "parameters": {"command": "ls -la"}}<|action_end|>',
      [list],
      "I look.",
    ],
    ['<|tools_prefix|>[{"bash": {"command": "ls -la"}}, {"get_time": {}}]<|tools_suffix|>', [list, time]],
    [
      '<｜tool_calls_begin｜><｜tool_call_begin｜>function<｜tool_sep｜><steptml:invoke name="bash"><steptml:parameter name="command">ls -la</steptml:parameter></steptml:invoke><｜tool_call_end｜><｜tool_calls_end｜>',
      [list],
    ],
    ['>>>bash\n{"command": "ls -la"}', [list]],
    ['✿FUNCTION✿: bash\n✿ARGS✿: {"command": "ls -la"}\n✿RESULT✿', [list]],
    ['```tool_code\nprint(bash(command="ls -la"))\n```', [list]],
    ['I look.\n```tool_code\nbash(command="ls -la")\n```', [list], "I look."],
    ['```tool_code\nprint(default_api.bash(command="ls -la"))\n```', [list]],
    ['```tool_call\n{"name": "bash", "arguments": {"command": "ls -la"}}\n```', [list]],
    [
      '<use_mcp_tool>\n<server_name>here</server_name>\n<tool_name>bash</tool_name>\n<arguments>\n{"command": "ls -la"}\n</arguments>\n</use_mcp_tool>',
      [list],
    ],
  ],
  "more of the same kinds": [
    ["<tool_call>bash<arg_key>command<arg_key><arg_value>ls -la<arg_value></tool_call>", [list]],
    ["<tool_call>bash<arg_key>command</arg_value><arg_value>ls -la</arg_key></tool_call>", [list]],
    ['<tool_call>call:bash{command:<|"|>ls -la<|"|>}</tool_call>', [list]],
    ['<|tool_call>call:bash(command="ls -la")<tool_call|>', [list]],
    ['<|tool_call>{"name": "bash", "arguments": {"command": "ls -la"}}<tool_call|>', [list]],
    ["<|tool_call>call:bash{command:'ls -la'}<tool_call|>", [list]],
    ["Checking.call:get_weather{city:Paris}", [weather], "Checking."],
    ['I look. functions.get_weather:0{"city": "Paris"}', [weather], "I look."],
    [
      "<function_calls>\n<invoke>\n<tool_name>bash</tool_name>\n<parameters>\n<command>ls -la</command>\n</parameters>\n</invoke>\n</function_calls>",
      [list],
    ],
    ['<tool name="bash"><parameter name="command">ls -la</parameter></tool>', [list]],
    ['<tool_use name="bash">{"command": "ls -la"}</tool_use>', [list]],
    ['<tool-call>{"name": "bash", "arguments": {"command": "ls -la"}}</tool-call>', [list]],
    ['<bash>{"command": "ls -la"}</bash>', [list]],
    [
      'function<｜tool▁sep｜>bash\n```json\n{"command": "ls -la"}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>',
      [list],
    ],
    [
      '<DSML｜tool_calls>\n<DSML｜invoke name="bash">\n<DSML｜parameter name="command" string="true">ls -la</DSML｜parameter>\n</DSML｜invoke>\n</DSML｜tool_calls>',
      [list],
    ],
    ['**Action:** bash\n**Action Input:** {"command": "ls -la"}', [list]],
    ["Action: bash\nAction Input:\n```\nls -la\n```", [list]],
    ["It is sunny.\n</tool_call>", [], "It is sunny."],
    ["It is sunny.</tool_call>", [], "It is sunny."],
    ["It is sunny.\n</parameter>\n</invoke>\n", [], "It is sunny."],
    ["<root>\n</function>", [], "<root>\n</function>"],
    ["<function=bash>\n<parameter=command>\nls -la\n</parameter>\n<|im_end|>", [list]],
    [
      "<tool_call>\n<function=bash>\n<parameter=command>\nls -la\n</parameter>\n<tool_call>\n<function=get_time>\n</function>\n</tool_call>",
      [list, time],
    ],
    [
      '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>bash\n```json\n"{\\"command\\": \\"ls -la\\"}"\n```<｜tool▁call▁end｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>get_time\n```json\n{}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>',
      [list, time],
    ],
    ['[TOOL_CALLS]bash[ARGS]"{\\"command\\": \\"ls -la\\"}"', [list]],
    ['<bash>"{\\"command\\": \\"ls -la\\"}"</bash>', [], '<bash>"{\\"command\\": \\"ls -la\\"}"</bash>'],
    ["<bash>\n<command>ls -la</command>\n</bash>\n</bash>", [list]],
    ['<function_calls>\n<invoke name="get_time"/>', [time]],
    ['<invoke name="bash">\n<parameter name="command">ls -la</parameter>\n</invoke>\n<invoke nam', [list]],
    ['<tool_call>bash({"command": "ls -la"})</tool_call>', [list]],
    ['[functions.get_weather(city="Paris"), default_api.get_time()]', [weather, time]],
    ["<tool_call>bash\n<parameter=command>\nls -la\n</parameter>\n</tool_call>", [list]],
    ["<tool_call>bash\n<command>ls -la</command>\n</tool_call>", [list]],
    ["<tool_call>\n<bash>\n<command>ls -la</command>\n</bash>\n</tool_call>", [list]],
    [
      ']<]minimax[>[<tool_call>\n]<]minimax[>[<invoke name="bash">]<]minimax[>[<command>ls -la]<]minimax[>[</command>]<]minimax[>[</invoke>\n]<]minimax[>[</tool_call>',
      [list],
    ],
    [
      'I look.]<]minimax[>[<tool_call>]<]minimax[>[<invoke name="get_time">]<]minimax[>[</invoke>]<]minimax[>[</tool_call>Then.',
      [time],
      "I look.Then.",
    ],
    ["A ]<]minimax[>[ token.", [], "A ]<]minimax[>[ token."],
    ...["tool_code", "execute_tool"].map((tag): Row => [
      `<${tag}>\nbash(command="ls -la")\n</${tag}>`,
      [list],
    ]),
    ...["tool", "function", "functioncall", "call", "|function_call|"].map((tag): Row => [
      `<${tag}> {"name": "bash", "arguments": {"command": "ls -la"}} <${tag.startsWith("|") ? "|/" + tag.slice(1) : "/" + tag}>`,
      [list],
    ]),
    ['[FUNCTION_CALL]{"name": "bash", "arguments": {"command": "ls -la"}}[/FUNCTION_CALL]', [list]],
    ["Use <tool>get_time</tool> here.", [], "Use <tool>get_time</tool> here."],
    [
      "<start_function_call>call:get_time{}<end_function_call><start_function_response>response:get_time{}",
      [time],
    ],
    // The end of a value is missing: the line break before what follows is layout.
    ['<invoke name="bash">\n<parameter name="command">ls -la\n</invoke>\n</function_calls>', [list]],
    ["<tool_call>bash\n<arg_key>command</arg_key>\n<arg_value>ls -la\n</tool_call>", [list]],
    [
      "<tool_call>bash\n<arg_key>command</arg_key>\n<arg_value>ls -la\n<arg_key>timeout</arg_key>\n<arg_value>5</arg_value>\n</tool_call>",
      [slow],
    ],
  ],
  "behind a call": [
    ...["<tool_call>", "\n<tool_call>\n", "</tool_cal", "\n</", "<|im_e", "[TOOL_CALLS]"].map((end): Row => [
      `<tool_call>\n{"name": "bash", "arguments": {"command": "ls -la"}}\n</tool_call>${end}`,
      [list],
    ]),
    ...[
      "<|im_end|>\n<|endoftext|>",
      "<｜end▁of▁sentence｜>",
      "</s>",
      "<|eot|>",
      "<end_of_turn>",
      "</tool_call>",
      "\n</tool_response>",
      "</function_calls>",
      "</｜DSML｜tool_calls>",
    ].map((end): Row => [
      `<tool_call>\n{"name": "bash", "arguments": {"command": "ls -la"}}\n</tool_call>${end}`,
      [list],
    ]),
    [
      '<tool_call>\n{"name": "bash", "arguments": {"command": "ls -la"}}\n</tool_call><tool_response>a</tool_response>\nThat is a.',
      [list],
    ],
    [
      '<invoke name="bash">\n<parameter name="command">ls -la</parameter>\n</invoke>\n<invoke na\n</function_calls>',
      [list],
    ],
  ],
};

function read(text: string, pieces: readonly string[], mode: "stream" | "whole"): Outcome {
  expect(pieces.join("")).toBe(text);
  const toolRequest = { tools, toolChoice: { kind: "auto" as const }, parallelToolCalls: true };
  return play({ pieces }, shaperOptions(toolRequest, { argumentsMode: mode }));
}

const byThree = (text: string): string[] => text.match(/[\s\S]{1,3}/g) ?? [];

describe.each(Object.entries(families))("%s", (_family, rows) => {
  test.each(rows.map(([text, calls, content = ""]) => ({ text, calls, content })))(
    "$text",
    ({ text, calls, content }) => {
      for (const mode of ["stream", "whole"] as const) {
        for (const pieces of [[text], text.split(""), byThree(text)]) {
          const { blocks, finish, problem } = read(text, pieces, mode);
          expect(problem).toBeUndefined();
          expect(
            blocks.flatMap((block) => ("call" in block ? [[block.call, JSON.parse(block.arguments)]] : [])),
          ).toEqual(calls);
          expect(
            blocks
              .map((block) => ("text" in block ? block.text : ""))
              .join("")
              .trim(),
          ).toBe(content);
          expect(finish).toBe(calls.length === 0 ? "stop" : "tool-calls");
        }
      }
    },
  );
});
