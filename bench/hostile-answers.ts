/** Answers of a model that are much work to read while tools are offered: what anybody can ask a model to repeat. */

const kilobyte = 1000;

/** Text of so many characters. */
function fill(pattern: string, length: number): string {
  return pattern.repeat(Math.ceil(length / pattern.length)).slice(0, length);
}

function flood(pattern: string, before = "", length = 200 * kilobyte): () => string {
  return () => before + fill(pattern, length);
}

/** Only `evil` is a tool, with a property `a` (a string). */
const begun = '<tool_call>\n{"name": "evil", "arguments": {"a": "';

/** Every answer by its name, made when it is asked for. */
export const hostileAnswers: ReadonlyMap<string, () => string> = new Map(
  Object.entries({
    "<": flood("<"),
    "</": flood("</"),
    "<t": flood("<t"),
    "<|": flood("<|"),
    "<tool_cal": flood("<tool_cal"),
    "</think>": flood("</think>"),
    "<think>": flood("<think>"),
    "<think> and line break": flood("<think>\n", "x"),
    "<think> and line break in a fence": flood("<think>\n", "x\n```\n"),
    "<think></think>": flood("<think></think>"),
    "<think>, never closed": flood("it rests </thin k. ", "<think>\n", 1000 * kilobyte),
    "<x><a>": flood("<x><a>"),
    "many attributes": flood('<p a="1" b=\'2\' c=3 data-d="<4>">'),
    "many attributes of an invoke": flood(`<invoke ${"a=1 ".repeat(70)}>`),
    HTML: flood('<div class="a"><function>x</function><invoke>{"a": [1, 2]}</invoke></div>\n'),
    "<function=x>": flood("<function=x>"),
    "<function=evil>": flood("<function=evil>"),
    "<function=evil></function>": flood("<function=evil></function>"),
    "<function=evil><parameter=a>": flood("<function=evil><parameter=a>"),
    "</function> in a parameter": flood(`</function>${" ".repeat(60)}`, "<function=evil><parameter=a>"),
    "</parameter> in a parameter": flood("</parameter>\nx\n", "<function=evil><parameter=a>"),
    "<parameter= in a parameter": flood(`\n<parameter=${"x".repeat(49)}`, "<function=evil><parameter=a>"),
    "<invoke name>": flood('<invoke name="evil">'),
    "DeepSeek's tokens": flood("<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>"),
    "DeepSeek's first token": flood("<｜tool▁calls▁begin｜>"),
    "DeepSeek's names": flood("<｜tool▁call▁begin｜>evil "),
    "<tool_call>": flood("<tool_call>"),
    "<tool_call>{": flood("<tool_call>{"),
    '<tool_call>{"': flood('<tool_call>{"'),
    "<tool_call>{}": flood("<tool_call>{}</tool_call>"),
    "<tool_call>evil": flood("<tool_call>evil\n"),
    "GLM's pairs": flood("<arg_key>a</arg_key><arg_value>1</arg_value>", "<tool_call>evil\n"),
    "</tool_call>": flood("</tool_call>"),
    calls: flood('<tool_call>{"name": "evil", "arguments": {"a": "b"}}</tool_call>'),
    "calls of an unknown tool": flood('<tool_call>{"name": "x", "arguments": {"a": "b"}}</tool_call>'),
    "calls that need mending": flood("<tool_call>{name: 'evil', arguments: {a: 'b'}}</tool_call>"),
    "calls with open brackets": flood(`<tool_call>{name: ${"[".repeat(500)}</tool_call>`),
    "[TOOL_CALLS]": flood("[TOOL_CALLS]"),
    '[{"name":': flood('[{"name":'),
    '{"name":': flood('{"name":'),
    '{"name": "evil", again and again': flood('{"name": "evil", "arguments": {}}\n'),
    "[evil(a=": flood("a='b', ", "[evil("),
    "[evil(a=[[[": flood("[", "[evil(a="),
    harmony: flood("<|channel|>final<|message|>x"),
    "harmony's analysis": flood("<|channel|>analysis<|message|>x<|end|>"),
    "harmony's starts": flood("<|start|>assistant "),
    backticks: flood("` "),
    fences: flood("```\n<tool_call>\n"),
    "~": flood("~`"),
    blanks: flood(" "),
    "line breaks": flood("\n"),
    "deep brackets": flood("[{", '<tool_call>{"name": "evil", "arguments": {"b": '),
    "1 MB of brackets": flood("[", '<tool_call>{"name": "evil", "arguments": {"b": ', 1000 * kilobyte),
    "quotes in a string": flood('" ', begun),
    "quotes, commas, keys": flood(`", "${"k".repeat(250)}`, begun),
    "quotes and quotes": flood('""', begun),
    "backslashes in a string": flood("\\", begun),
    "unicode escapes": flood("\\u12", begun),
    "1 MB in a string": flood("the quick brown fox\\n", begun, 1000 * kilobyte),
    "1 MB in a string, doubly encoded": flood(
      String.raw`the \\"quick\\" brown fox\\n`,
      String.raw`<tool_call>{"name": "evil", "arguments": "{\"a\": \"`,
      1000 * kilobyte,
    ),
    "1 MB in a call that begins wrongly": flood("'b', ", '<tool_call>{"arguments": {"b": [', 1000 * kilobyte),
    "a mixture": flood(
      '</<t<|<tool_cal<tool_call>{"x</think><function=x><｜tool▁calls▁begin｜><invoke name="evil">`[{"name":',
    ),
    "5 MB of prose": flood("The quick brown fox jumps over the lazy dog. ", "", 5000 * kilobyte),
    "5 MB of HTML": flood('<div class="a"><function>x</function></div>\n', "", 5000 * kilobyte),
  }),
);
