/** Thinking, channels and turn tokens as models write them, over a real socket: whole, and streamed in pieces. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { startStack, type Stack } from "../support/start-stack.ts";
import { deliver, deliveries, nameOf, type Delivery, type Outcome } from "./support/model-texts.ts";

/** What must come: `reasoning` and `content` without white space at their ends. */
interface Row {
  readonly model?: string;
  readonly text: string;
  readonly tools?: "standard";
  readonly calls?: readonly (readonly [string, unknown])[];
  readonly content?: string;
  readonly reasoning?: string;
  /** The client sees the answer only at its end. */
  readonly onlyWhole?: true;
}

const oss = "openai/gpt-oss-120b";
const glm = "zai-org/GLM-4.6";
const paris = [["get_weather", { city: "Paris" }]] as const;
const both = [...paris, ["get_time", {}]] as const;
const written = '<tool_call>\n{"name":"get_weather","arguments":{"city":"Paris"}}\n</tool_call>';

const thinking: readonly Row[] = [
  { text: "<THINKING>\na\n</THINKING>\nC", reasoning: "a", content: "C" },
  { text: "<Think>a</Think>C", reasoning: "a", content: "C" },
  { text: "[THINK]a [b] c[/THINK]C", reasoning: "a [b] c", content: "C" },
  { text: "[THINK]\na\n[/THINK]\n\nC", reasoning: "a", content: "C" },
  {
    text: "<|START_THINKING|>a<|END_THINKING|><|START_RESPONSE|>C<|END_RESPONSE|>",
    reasoning: "a",
    content: "C",
  },
  {
    text: "<|open|>think<|sep|>a<|close|>think<|sep|><|open|>response<|sep|>C<|close|>response<|sep|><|close|>message<|sep|>",
    reasoning: "a",
    content: "C",
  },
  {
    text: "<|begin_of_thought|>\n\na\n\n<|end_of_thought|>\n\n<|begin_of_solution|>\n\nC\n\n<|end_of_solution|>",
    reasoning: "a",
    content: "C",
  },
  { text: "<mm:think>a</mm:think>C", reasoning: "a", content: "C" },
  { text: "Here is my thought process:\na b\n\nHere is my response:\nC", reasoning: "a b", content: "C" },
  { text: "Here's my thought process: a\nHere's my response: C", reasoning: "a", content: "C" },
  { text: "Here is my thought process: first I read.", content: "Here is my thought process: first I read." },
  { text: "<|channel>thought\n<channel|>C", content: "C" },
  { text: "I look.\n<|channel>thought\nb\n<channel|>C", reasoning: "b", content: "I look.\nC" },
  { text: "<|im_start|>assistant\n<think>a</think>C<|im_end|>", reasoning: "a", content: "C" },
  { text: "<think>a</think></think>\n\n</think>C", reasoning: "a", content: "C" },
  { text: "<think>a</think>\n\nC\n</think>\n", reasoning: "a", content: "C" },
  { text: "</think>\n\nC", content: "C" },
  { text: "\n</think>C", content: "C" },
  { text: "<think>\na\n</think>\n\n<response>\nC </b>\n</response>\n", reasoning: "a", content: "C </b>" },
  {
    text: "<think>a</think>\n<response>\n<ok>1</ok>\n</response>",
    reasoning: "a",
    content: "<response>\n<ok>1</ok>\n</response>",
  },
  { text: "<response>\nok\n</response>", content: "<response>\nok\n</response>" },
  { text: "<thinker>x</thinker> and <reasonable>", content: "<thinker>x</thinker> and <reasonable>" },
  {
    text: "A tag like <thinking> opens, </thinking> closes.",
    content: "A tag like <thinking> opens, </thinking> closes.",
  },
];

const lone: readonly Row[] = [
  { text: "a b</think>\nC", reasoning: "a b", content: "C", onlyWhole: true },
  { text: "a.</think>C", reasoning: "a.", content: "C", onlyWhole: true },
  { text: "a\n</think>", reasoning: "", content: "a", onlyWhole: true },
  { model: glm, text: "a\n</think>", reasoning: "a", content: "" },
  { text: "a [b][/THINK]C", reasoning: "a [b]", content: "C", onlyWhole: true },
  { text: "a◁/think▷C", reasoning: "a", content: "C", onlyWhole: true },
  { text: "a b <channel|>C", reasoning: "a b", content: "C", onlyWhole: true },
  { text: "a</seed:think>C", reasoning: "a", content: "C", onlyWhole: true },
  { text: "好的</think>\n\n答案", reasoning: "好的", content: "答案", onlyWhole: true },
  { text: "Write `</think>` to end.", content: "Write `</think>` to end." },
  { text: 'Write "</think>" to end.', content: 'Write "</think>" to end.' },
  { text: "It ends with </think>, always.", content: "It ends with </think>, always." },
  { text: "See:\n```\nx</think>\n```\nDone.", content: "See:\n```\nx</think>\n```\nDone." },
  { text: "The </think> tag ends it.", content: "The </think> tag ends it." },
  ...[
    glm,
    "zai-org/GLM-5",
    "Qwen/Qwen3.5-397B-A17B",
    "MiniMaxAI/MiniMax-M2.1",
    "nvidia/NVIDIA-Nemotron-3-Nano-30B-A3B",
    "DeepSeek-V3.1",
    "DeepSeek-R1-0528",
    "moonshotai/Kimi-K2-Thinking",
  ].flatMap((model) => [
    { model, text: "a b.</think>C", reasoning: "a b.", content: "C" },
    { model, text: "a b </think> C", reasoning: "a b", content: "C" },
    { model, text: "Only an answer, 1 < 2.", content: "Only an answer, 1 < 2." },
    {
      model,
      text: `I look.</think>${written}`,
      tools: "standard" as const,
      calls: paris,
      reasoning: "I look.",
      content: "",
    },
    { model, text: `</think>\n${written}`, tools: "standard" as const, calls: paris, content: "" },
    {
      model,
      text: `a\n</think>\n\nI look.\n${written}`,
      tools: "standard" as const,
      calls: paris,
      reasoning: "a",
      content: "I look.",
    },
  ]),
];

const full = "<|channel|>commentary to=functions.get_weather";
const json = '{"city":"Paris"}';
const harmony: readonly Row[] = [
  ...[
    "<|constrain|>json",
    " <|constrain|>json",
    " json",
    " code",
    "<|channel|>commentary<|constrain|>json",
    "",
  ].map((type) => ({
    text: `${full}${type}<|message|>${json}<|call|>`,
    tools: "standard" as const,
    calls: paris,
    content: "",
  })),
  { text: `${full} <|constrain|>json${json}<|call|>`, tools: "standard", calls: paris, content: "" },
  { text: `${full} json<|message|>${json}`, tools: "standard", calls: paris, content: "" },
  {
    text: `<|start|>assistant<|channel|>analysis<|message|>a<|end|><|start|>assistantcommentary to=functions.get_weather json${json}<|call|>`,
    tools: "standard",
    calls: paris,
    reasoning: "a",
    content: "",
  },
  {
    text: `<|channel|>commentary<|message|>I look.<|end|><|start|>assistant<|channel|>final<|message|>C<|return|>`,
    content: "I look.\n\nC",
  },
  {
    text: `<|channel|>commentary<|message|>I look.<|end|><|start|>assistant<|channel|>final<|message|>C<|return|>`,
    tools: "standard",
    content: "I look.\n\nC",
  },
  {
    text: `${full} <|constrain|>json<|message|>${json}<|call|><|start|>functions.get_weather to=assistant<|channel|>commentary<|message|>sunny<|end|><|start|>assistant<|channel|>final<|message|>Sunny.`,
    tools: "standard",
    calls: paris,
    content: "",
  },
  { text: `<|channel|>final<|message|>C<|end|><|start|>user<|message|>Thanks!`, content: "C" },
  {
    text: `<|channel|>analysis<|message|>a<|end|>${full.replace("get_weather", "browse")} json<|message|>{"q":1}<|call|><|start|>assistant<|channel|>final<|message|>C`,
    reasoning: 'a{"q":1}',
    content: "C",
  },
  {
    text: "<|channel|>analysis<|message|>a <|end|><|channel|>analysis<|message|>b<|end|><|channel|>final<|message|>C",
    reasoning: "a b",
    content: "C",
  },
  { text: "<|start|>assistant<|message|>C<|return|>", content: "C" },
  { text: "<|channel|>analysis<|message|>a", reasoning: "a", content: "" },
  {
    text: "We think.<|end|><|start|>assistant<|channel|>final<|message|>C",
    reasoning: "We think.",
    content: "C",
    onlyWhole: true,
  },
  { text: "We think.assistantfinalC", reasoning: "We think.", content: "C", onlyWhole: true },
  {
    text: `We think.assistantcommentary to=functions.get_weatherjson${json}`,
    tools: "standard",
    calls: paris,
    reasoning: "We think.",
    content: "",
    onlyWhole: true,
  },
  { text: "analysisWe think: a.assistantfinalC", reasoning: "We think: a.", content: "C" },
  { text: "analysis\nWe think.\nassistantfinal\nC", reasoning: "We think.", content: "C" },
  { text: "analysis: we think.<|end|><|start|>assistantfinalC", reasoning: "we think.", content: "C" },
  {
    text: "analysis<|message|>a<|end|><|start|>assistant<|channel|>final<|message|>C",
    reasoning: "a",
    content: "C",
  },
  { text: "<|channel|>analysis<|message|>a<|end|>assistantfinalC", reasoning: "a", content: "C" },
  {
    text: `<|channel|>analysis<|message|>a<|end|>assistantcommentary to=functions.get_weather json${json}`,
    tools: "standard",
    calls: paris,
    reasoning: "a",
    content: "",
  },
  {
    text: "<|channel|>final<|message|>B.assistantanalysisa.assistantfinalC",
    reasoning: "a.",
    content: "B.\n\nC",
  },
  { text: "Say `assistantfinal` there.", content: "Say `assistantfinal` there." },
  { text: "assistantfinalC", content: "C" },
  { text: "finalIt is sunny.", content: "It is sunny." },
  { text: "assistantanalysisa.assistantanalysisb.assistantfinalC", reasoning: "a.b.", content: "C" },
  {
    text: `analysisa.assistantcommentary to=functions.get_weatherjson${json}`,
    tools: "standard",
    calls: paris,
    reasoning: "a.",
    content: "",
  },
  {
    text: `analysisa.assistantcommentary to=functions.get_weather code${json}`,
    tools: "standard",
    calls: paris,
    reasoning: "a.",
    content: "",
  },
  {
    text: `analysisa.assistant to=functions.get_weather commentary json${json}`,
    tools: "standard",
    calls: paris,
    reasoning: "a.",
    content: "",
  },
  {
    text: `analysisa.assistantto=functions.get_weathercommentary json${json}`,
    tools: "standard",
    calls: paris,
    reasoning: "a.",
    content: "",
  },
  {
    text: `analysisa.assistantcommentary to=functions.get_weather json${json}assistantcommentary to=functions.get_time json{}`,
    tools: "standard",
    calls: both,
    reasoning: "a.",
    content: "",
  },
  {
    text: `commentaryI look.assistantcommentary to=functions.get_weather json${json}`,
    tools: "standard",
    calls: paris,
    content: "I look.",
  },
  {
    text: `commentary to=functions.get_weather <|constrain|>json<|message|>${json}<|call|>`,
    tools: "standard",
    calls: paris,
    content: "",
  },
  {
    text: "analysis of the data shows growth. final answer: 4",
    content: "analysis of the data shows growth. final answer: 4",
  },
  { text: "analysis", content: "analysis" },
  { text: "finally, it works", content: "finally, it works" },
  { text: "commentary is free", content: "commentary is free" },
  { text: "assistant roles exist", content: "assistant roles exist" },
  {
    text: "to=functions.x is how a recipient looks",
    tools: "standard",
    content: "to=functions.x is how a recipient looks",
  },
].map((row) => ({ model: oss, ...row }) as Row);

const ends = [
  "<|im_end|>",
  "<|endoftext|>",
  "<｜end▁of▁sentence｜>",
  "<|eot_id|>",
  "<|eot|>",
  "<|eom_id|>",
  "<|end_of_text|>",
  "<end_of_turn>",
  "<turn|>",
  "<|return|>",
  "<|end|>",
  "<|observation|>",
  "<|user|>",
  "<eos>",
];
const headers = [
  "<|im_start|>assistant\n",
  "<|start_header_id|>assistant<|end_header_id|>\n\n",
  "<|header_start|>assistant<|header_end|>\n\n",
  "<start_of_turn>model\n",
  "<|turn>model\n",
  "<｜Assistant｜>",
  "<|assistant|>\n",
  "<|start_of_role|>assistant<|end_of_role|>",
  "<｜begin▁of▁sentence｜>",
];
const edges: readonly Row[] = [
  ...ends.flatMap((end) => [
    { text: `It is sunny.${end}`, content: "It is sunny." },
    { text: `It is sunny.\n${end}\n${end}\n`, tools: "standard" as const, content: "It is sunny." },
    { text: `I look.\n${written}${end}`, tools: "standard" as const, calls: paris, content: "I look." },
    { text: `${written}\n${end}\n<|endoftext|>`, tools: "standard" as const, calls: paris, content: "" },
    { text: `${end} ends a turn.`, content: `${end} ends a turn.` },
    {
      text: `The token \`${end}\` ends, and ${end} too.`,
      content: `The token \`${end}\` ends, and ${end} too.`,
    },
  ]),
  ...headers.flatMap((header) => [
    { text: `${header}It is sunny.`, content: "It is sunny." },
    { text: `${header}${written}`, tools: "standard" as const, calls: paris, content: "" },
    {
      text: `${header}{"name":"get_weather","parameters":{"city":"Paris"}}<|eot_id|>`,
      tools: "standard" as const,
      calls: paris,
      content: "",
    },
    { text: `It begins with ${header}here.`, content: `It begins with ${header}here.` },
  ]),
  {
    text: "It is sunny.<|im_end|>\n<|im_start|>user\nThanks!<|im_end|>\n<|im_start|>assistant\nYou're welcome.",
    content: "It is sunny.",
  },
  {
    text: "It is sunny.<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nThanks!",
    tools: "standard",
    content: "It is sunny.",
  },
  {
    text: `${written}\n<|im_start|>user\n<tool_response>sunny</tool_response>`,
    tools: "standard",
    calls: paris,
  },
  {
    text: `${written}\n<|im_start|>assistant\n<tool_call>{"name":"get_time","arguments":{}}</tool_call>`,
    tools: "standard",
    calls: both,
  },
  { text: `I look.<|im_end|>\n${written}`, tools: "standard", calls: paris, content: "I look." },
  {
    text: `I look.\n</think>\n${written} <b>`,
    tools: "standard",
    calls: paris,
    reasoning: "I look.",
    content: "<b>",
    onlyWhole: true,
  },
  {
    text: `<think>a</think>I look.</think>${written}`,
    tools: "standard",
    calls: paris,
    reasoning: "a",
    content: "I look.",
  },
  {
    text: "It is sunny.<|im_end|> <b>Really.</b>",
    tools: "standard",
    content: "It is sunny.<|im_end|> <b>Really.</b>",
  },
  { text: "It is sunny.<|im_end|>\n<|im_start|>assistant\n", content: "It is sunny." },
  {
    text: "ChatML: <|im_start|>user\nHi<|im_end|>\n<|im_start|>user\nHo<|im_end|> and so on.",
    content: "ChatML: <|im_start|>user\nHi<|im_end|>\n<|im_start|>user\nHo<|im_end|> and so on.",
  },
  { text: "It is sunny.</s>", content: "It is sunny." },
  { text: `${written}</s>`, tools: "standard", calls: paris, content: "" },
  { text: "It is <s>rainy</s>", content: "It is <s>rainy</s>" },
  { text: "<s>rainy</s>", tools: "standard", content: "<s>rainy</s>" },
  { text: "It is <|begin_of_box|>4<|end_of_box|>.", content: "It is 4." },
  { text: "<|begin_of_box|>\n4\n<|end_of_box|>", content: "4" },
  {
    text: "Between <|begin_of_box|> and <|end_of_box|> it says so.",
    content: "Between <|begin_of_box|> and <|end_of_box|> it says so.",
  },
  { text: "<think>a</think>C</think><|im_end|>", reasoning: "a", content: "C" },
];

const rows: readonly Row[] = [...thinking, ...lone, ...harmony, ...edges];
const person = {
  type: "object",
  properties: { name: { type: "string" }, age: { type: "integer" } },
  required: ["name", "age"],
  additionalProperties: false,
};
const ann = { name: "Ann", age: 41 };
const [zed, good] = ['{"name":"Zed","age":0}', '{"name":"Ann","age":41}'];

const objects: readonly { readonly model?: string; readonly text: string; readonly onlyWhole?: true }[] = [
  { text: `Perhaps ${zed}.\n</think>\n\n${good}` },
  { text: `I try:\n\`\`\`json\n${zed}\n\`\`\`\n</think>\n${good}`, onlyWhole: true },
  { model: glm, text: `I try:\n\`\`\`json\n${zed}\n\`\`\`\n</think>\n${good}` },
  { model: glm, text: `Perhaps ${zed}.</think>${good}` },
  { text: `<think>\n${zed}\n</think>\n\n${good}` },
  { text: `<thinking>${zed}</thinking>\n${good}` },
  { text: `[THINK]${zed}[/THINK]${good}` },
  { text: `<|channel>thought\n${zed}\n<channel|>${good}` },
  { text: `<think>\nFirst ${zed}, but no.\n${good}` },
  { text: `<think>\nI decide.\n\`\`\`json\n${good}\n\`\`\`` },
  { text: `</think>\n${good}` },
  { text: `${good}</think>` },
  { text: `${good}<|im_end|>\n<|endoftext|>` },
  { text: `<|im_start|>assistant\n${good}<|im_end|>` },
  { text: `<|begin_of_box|>${good}<|end_of_box|>` },
  {
    model: oss,
    text: `<|channel|>analysis<|message|>Perhaps ${zed}.<|end|><|start|>assistant<|channel|>final<|message|>${good}<|return|>`,
  },
  {
    model: oss,
    text: `<|channel|>analysis<|message|>${zed}<|end|><|start|>assistant<|channel|>final <|constrain|>json<|message|>${good}`,
  },
  { model: oss, text: `analysisPerhaps ${zed}.assistantfinal${good}` },
  { model: oss, text: `Perhaps ${zed}.assistantfinal${good}` },
  { model: oss, text: `assistantfinal${good}` },
  { model: oss, text: `final${good}` },
  { model: oss, text: good },
];

let stack: Stack;
beforeAll(async () => {
  const models = [...new Set([...rows, ...objects].map(({ model = "other" }) => model))].map((id) => ({
    id,
  }));
  stack = await startStack({
    env: { REPAIR_TURNS: "0" },
    simulator: { models, script: () => ({ text: "" }) },
  });
});
afterAll(() => stack.close());

async function play(row: Row, delivery: Delivery): Promise<Outcome> {
  return deliver(
    stack,
    { id: "", kind: "reasoning", family: "", source: "", expect: {}, model: "other", ...row },
    delivery,
  );
}

test.each(rows)("$text", async (row) => {
  for (const delivery of row.onlyWhole === true ? (["whole"] as const) : deliveries) {
    const { calls, content, reasoning, finish, error } = await play(row, delivery);
    expect(
      { calls, content: content.trim(), reasoning: reasoning.trim(), finish, error },
      nameOf(delivery),
    ).toEqual({
      calls: row.calls ?? [],
      content: (row.content ?? "").trim(),
      reasoning: row.reasoning ?? "",
      finish: row.calls === undefined ? "stop" : "tool_calls",
      error: undefined,
    });
  }
});

describe("with a schema", () => {
  test.each(objects)("$text", async (row) => {
    for (const delivery of row.onlyWhole === true ? (["whole"] as const) : deliveries) {
      const outcome = await deliver(
        stack,
        { id: "", kind: "json", family: "", source: "", expect: {}, model: "other", schema: person, ...row },
        delivery,
      );
      expect(
        [outcome.error, outcome.content === "" ? "" : JSON.parse(outcome.content)],
        nameOf(delivery),
      ).toEqual([undefined, ann]);
    }
  });
});
