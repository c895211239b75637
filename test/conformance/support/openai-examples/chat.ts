import { common, model, obfuscation, on, picture, tool, user } from "./example.ts";

const chatPath = "/v1/chat/completions";
const chatTools = [{ type: "function", function: tool }];
const chatBase = { model, messages: [user] };

/** Of the parameters of Chat Completions. */
export const chat = on(chatPath, chatBase, {
  ...common,
  messages: {},
  stream_options: { stream: true, stream_options: { include_usage: true } },
  topP: { topP: 0.9 },
  max_completion_tokens: { max_completion_tokens: 100 },
  max_tokens: { max_tokens: 100 },
  n: { n: 2 },
  tools: { tools: chatTools },
  tool_choice: { tools: chatTools, tool_choice: "none" },
  functions: { functions: [tool] },
  function_call: { functions: [tool], function_call: "none" },
  response_format: { response_format: { type: "text" } },
  reasoning_format: { reasoning_format: "hidden" },
  include_reasoning: { include_reasoning: false },
  modalities: { modalities: ["text"] },
  audio: { audio: { voice: "ash", format: "mp3" } },
  logprobs: { logprobs: true },
  top_logprobs: { top_logprobs: 2 },
  frequency_penalty: { frequency_penalty: 1 },
  presence_penalty: { presence_penalty: 1 },
  logit_bias: { logit_bias: { "1": 1 } },
  seed: { seed: 7 },
  top_k: { top_k: 40 },
  min_p: { min_p: 0.1 },
  repetition_penalty: { repetition_penalty: 1.1 },
  repeat_penalty: { repeat_penalty: 1.1 },
  reasoning_effort: { reasoning_effort: "low" },
  reasoning: { reasoning: { exclude: true } },
  "reasoning.effort": { reasoning: { effort: "low" } },
  "reasoning.max_tokens": { reasoning: { max_tokens: 2000 } },
  "reasoning.enabled": { reasoning: { enabled: false } },
  chat_template_kwargs: { chat_template_kwargs: { enable_thinking: false } },
  "chat_template_kwargs.enable_thinking": { chat_template_kwargs: { enable_thinking: false } },
  "chat_template_kwargs.thinking": { chat_template_kwargs: { thinking: true } },
  enable_thinking: { enable_thinking: false },
  thinking: { thinking: false },
  verbosity: { verbosity: "low" },
  prediction: { prediction: { type: "content", content: "x" } },
  store: { store: true },
  web_search_options: { web_search_options: {} },
});

/** A body with one message in front, and with one part. */
const message = (...messages: unknown[]) => ({ messages: [...messages, user] });
const part = (...content: unknown[]) => ({ messages: [{ role: "user", content }] });
const image = { type: "image_url", image_url: { url: picture } };
const file = { type: "file", file: { file_data: "aGk=", filename: "a.txt" } };
const call = { id: "c", type: "function", function: { name: "look", arguments: "{}" } };
const called = message(
  user,
  { role: "assistant", tool_calls: [call] },
  { role: "tool", tool_call_id: "c", content: "x" },
);

/** Of the fields and parts of its messages. */
export const chatMessages = on(chatPath, chatBase, {
  role: message({ role: "system", content: "Be brief." }),
  content: {},
  tool_calls: called,
  tool_call_id: called,
  function_call: message(
    user,
    { role: "assistant", function_call: call.function },
    { role: "function", name: "look", content: "x" },
  ),
  refusal: message(user, { role: "assistant", content: null, refusal: "No." }),
  name: { messages: [{ ...user, name: "Ann" }] },
  "messages.name": message({ role: "system", name: "Ann", content: "Be brief." }),
  "messages.audio": message(user, { role: "assistant", audio: { id: "a" }, content: "x" }),
  text: part({ type: "text", text: "Hi" }),
  image_url: part(image),
  url: part(image),
  file: part(file),
  file_data: part(file),
  filename: part(file),
  input_audio: part({ type: "input_audio", input_audio: { data: "", format: "mp3" } }),
  file_id: part({ type: "file", file: { file_id: "f" } }),
  detail: part({ type: "image_url", image_url: { url: picture, detail: "low" } }),
  prompt_cache_breakpoint: part({ type: "text", text: "Hi", prompt_cache_breakpoint: { mode: "explicit" } }),
});

/** Of the parameters of the legacy Completions. */
export const completions = on(
  "/v1/completions",
  { model, prompt: "Hi" },
  {
    model: {},
    stream: { stream: true },
    stream_options: { stream: true, stream_options: { include_usage: true } },
    "stream_options.include_obfuscation": obfuscation,
    stop: { stop: "END" },
    prompt: {},
    n: { n: 2 },
    temperature: { temperature: 0.5 },
    top_p: { top_p: 0.9 },
    max_tokens: { max_tokens: 100 },
    echo: { echo: true },
    suffix: { suffix: "x" },
    logprobs: { logprobs: 2 },
    best_of: { best_of: 2 },
    frequency_penalty: { frequency_penalty: 1 },
    presence_penalty: { presence_penalty: 1 },
    logit_bias: { logit_bias: { "1": 1 } },
    top_k: { top_k: 40 },
    min_p: { min_p: 0.1 },
    repetition_penalty: { repetition_penalty: 1.1 },
    repeat_penalty: { repeat_penalty: 1.1 },
    seed: { seed: 7 },
    user: { user: "u" },
  },
);
