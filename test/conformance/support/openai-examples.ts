import type { AnyJson } from "../../support/post.ts";

/** A request that uses one parameter, in such a way that it asks for something. */
export interface Example {
  readonly path: string;
  /** None: a GET. */
  readonly body?: Readonly<Record<string, unknown>>;
}

/** Makes an example that refers to an earlier answer; `answer` posts a body to `/v1/responses`, and gives what comes. */
type Maker = (answer: (body: Fields) => Promise<AnyJson>) => Promise<Example>;

type Fields = Readonly<Record<string, unknown>>;
type Examples = Readonly<Record<string, Example | Maker>>;

const model = "DeepSeek-V3.2";
const tool = { name: "look", parameters: { type: "object", properties: {} } };
const picture = "data:image/png;base64,iVBORw0KGgo=";

/** Examples of one route: to each parameter the fields that are added to what every request has. */
function on(path: string, base: Fields, fields: Readonly<Record<string, Fields>>): Examples {
  return Object.fromEntries(
    Object.entries(fields).map(([name, own]) => [name, { path, body: { ...base, ...own } }]),
  );
}

const chatPath = "/v1/chat/completions";
const user = { role: "user", content: "Hi" };
const chatTools = [{ type: "function", function: tool }];
const chatBase = { model, messages: [user] };

/** The same value under several names. */
function same<T>(names: readonly string[], toValue: (name: string) => T): Record<string, T> {
  return Object.fromEntries(names.map((name) => [name, toValue(name)]));
}

const obfuscation = { stream: true, stream_options: { include_obfuscation: true } };
const blockable = { moderation: { model: "m", policy: { input: { mode: "score" } } } };

/** Parameters that mean the same in Chat Completions and Responses. */
const common = {
  model: {},
  stream: { stream: true },
  "stream_options.include_obfuscation": obfuscation,
  temperature: { temperature: 0.5 },
  top_p: { top_p: 0.9 },
  stop: { stop: "END" },
  parallel_tool_calls: { parallel_tool_calls: false },
  metadata: { metadata: { a: "b" } },
  moderation: blockable,
  prompt_cache_key: { prompt_cache_key: "k" },
  prompt_cache_options: { prompt_cache_options: { mode: "explicit" } },
  prompt_cache_retention: { prompt_cache_retention: "24h" },
  safety_identifier: { safety_identifier: "s" },
  service_tier: { service_tier: "flex" },
  user: { user: "u" },
} satisfies Record<string, Fields>;

const chat = on(chatPath, chatBase, {
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
  reasoning_effort: { reasoning_effort: "low" },
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

const chatMessages = on(chatPath, chatBase, {
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

const completions = on(
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
    seed: { seed: 7 },
    user: { user: "u" },
  },
);

const responsesPath = "/v1/responses";
const responsesTools = [{ type: "function", ...tool }];
const responsesBase = { model, input: "Hi" };

const responses = on(responsesPath, responsesBase, {
  ...common,
  input: {},
  instructions: { instructions: "Be brief." },
  store: { store: false },
  previous_response_id: { previous_response_id: null },
  tools: { tools: responsesTools },
  tool_choice: { tools: responsesTools, tool_choice: "none" },
  text: { text: { format: { type: "text" } } },
  "text.verbosity": { text: { verbosity: "low" } },
  reasoning: { reasoning: { summary: "auto", generate_summary: "auto" } },
  "reasoning.effort": { reasoning: { effort: "low" } },
  "reasoning.mode": { reasoning: { mode: "pro" } },
  "reasoning.context": { reasoning: { context: "all_turns" } },
  max_output_tokens: { max_output_tokens: 100 },
  metadata: { metadata: { a: "b" } },
  truncation: { truncation: "auto" },
  context_management: { context_management: [{ type: "compaction", compact_threshold: 100_000 }] },
  background: { background: true },
  conversation: { conversation: "c" },
  prompt: { prompt: { id: "p" } },
  stream_options: { stream: true, stream_options: { include_usage: true } },
  include: { include: ["reasoning.encrypted_content"] },
  max_tool_calls: { max_tool_calls: 3 },
  top_logprobs: { top_logprobs: 2 },
  access_programs: { access_programs: { cyber: "standard" } },
  image: { image: { context_compression: "enabled" } },
  multi_agent: { multi_agent: { enabled: true } },
  betas: { betas: ["responses_multi_agent=v1"] },
});

/** A body with some items, the last of which is a user's. */
const items = (...input: unknown[]) => ({ input: [...input, user] });
const inputPart = (...content: unknown[]) => ({ input: [{ role: "user", content }] });
const functionCall = { type: "function_call", call_id: "c", name: "look", arguments: "{}" };
const functionOutput = { type: "function_call_output", call_id: "c", output: "x" };
const customCall = { type: "custom_tool_call", call_id: "c", name: "run", input: "x" };
const customOutput = { type: "custom_tool_call_output", call_id: "c", output: "x" };
const localShell = {
  type: "local_shell_call",
  id: "l",
  call_id: "c",
  action: { type: "exec", command: ["ls"], env: {} },
};
const localShellOutput = { type: "local_shell_call_output", id: "c", output: "x" };
const shell = { type: "shell_call", call_id: "c", action: { commands: ["ls"] } };
const shellOutput = {
  type: "shell_call_output",
  call_id: "c",
  output: [{ stdout: "x", stderr: "", outcome: { type: "exit", exit_code: 0 } }],
};
const patch = { type: "apply_patch_call", call_id: "c", operation: { type: "delete_file", path: "a" } };
const patchOutput = { type: "apply_patch_call_output", call_id: "c", status: "failed" };
const inputImage = { type: "input_image", image_url: picture };
const inputFile = { type: "input_file", file_data: "data:text/plain;base64,aGk=", filename: "a.txt" };
const outputText = { type: "output_text", text: "x" };
const assistant = (content: Fields) =>
  items(user, { type: "message", role: "assistant", content: [content] });
const compaction = { input: [user, { type: "compaction_trigger" }] };

const hostedItems = [
  "file_search_call",
  "web_search_call",
  "code_interpreter_call",
  "image_generation_call",
  "computer_call",
  "computer_call_output",
  "mcp_list_tools",
  "mcp_approval_request",
  "mcp_approval_response",
  "mcp_call",
  "tool_search_call",
  "program",
  "program_output",
  "agent_message",
  "multi_agent_call",
  "multi_agent_call_output",
];

/** A summary that comes back. */
const summary: Maker = async (answer) => {
  const { output } = await answer({ model, ...compaction });
  return { path: responsesPath, body: { model, ...items(...output) } };
};

const reference: Maker = async (answer) => {
  const { output } = await answer(responsesBase);
  return { path: responsesPath, body: { model, ...items({ type: "item_reference", id: output[0].id }) } };
};

const responsesItems = on(responsesPath, responsesBase, {
  message: items(),
  function_call: items(functionCall, functionOutput),
  function_call_output: items(functionCall, functionOutput),
  custom_tool_call: items(customCall, customOutput),
  custom_tool_call_output: items(customCall, customOutput),
  local_shell_call: items(localShell, localShellOutput),
  local_shell_call_output: items(localShell, localShellOutput),
  shell_call: items(shell, shellOutput),
  shell_call_output: items(shell, shellOutput),
  apply_patch_call: items(patch, patchOutput),
  apply_patch_call_output: items(patch, patchOutput),
  additional_tools: items({ type: "additional_tools", role: "developer", tools: responsesTools }),
  tool_search_output: items({ type: "tool_search_output", tools: responsesTools }),
  compaction_trigger: compaction,
  configuration_update: items({ type: "configuration_update", text: { format: { type: "text" } } }),
  reasoning: items({ type: "reasoning", id: "rs_1", summary: [] }),
  ...same(hostedItems, (type) => items({ type, id: "i" })),
  type: items({ type: "message", ...user }),
  id: items({ type: "message", id: "msg_1", ...user }),
  role: items(),
  content: items(),
  call_id: items(functionCall, functionOutput),
  name: items(functionCall, functionOutput),
  namespace: items({ ...functionCall, namespace: "n" }, functionOutput),
  arguments: items(functionCall, functionOutput),
  input: items(customCall, customOutput),
  output: items(customCall, customOutput),
  tools: items({ type: "additional_tools", role: "developer", tools: responsesTools }),
  action: items(shell, shellOutput),
  operation: items(patch, patchOutput),
  status: items(patch, patchOutput),
  phase: assistant(outputText),
  caller: items({ ...functionCall, caller: { type: "direct" } }, functionOutput),
  agent: items({ ...user, agent: { agent_name: "a" } }),
  async: items({ ...functionCall, async: true }, functionOutput),
  created_by: items({ ...patch, created_by: "u" }, patchOutput),
  environment: items({ ...shell, environment: { type: "local" } }, shellOutput),
  max_output_length: items(shell, { ...shellOutput, max_output_length: 9 }),
  execution: items({ type: "tool_search_output", execution: "client", tools: responsesTools }),
  input_text: inputPart({ type: "input_text", text: "Hi" }),
  output_text: assistant(outputText),
  refusal: assistant({ type: "refusal", refusal: "No." }),
  input_image: inputPart(inputImage),
  input_file: inputPart(inputFile),
  text: inputPart({ type: "input_text", text: "Hi" }),
  image_url: inputPart(inputImage),
  file_data: inputPart(inputFile),
  filename: inputPart(inputFile),
  annotations: assistant({ ...outputText, annotations: [{ type: "url_citation" }] }),
  logprobs: assistant({ ...outputText, logprobs: [{ token: "x" }] }),
  file_id: inputPart({ type: "input_file", file_id: "f" }),
  file_url: inputPart({ type: "input_file", file_url: "https://a.example/a.txt" }),
  detail: inputPart({ ...inputImage, detail: "low" }),
  prompt_cache_breakpoint: inputPart({
    type: "input_text",
    text: "Hi",
    prompt_cache_breakpoint: { mode: "explicit" },
  }),
});

const tools = (...given: unknown[]) => ({ tools: given });
const field = (fields: Fields) => tools({ ...responsesTools[0], ...fields });
const localTool = { type: "shell", environment: { type: "local" } };

const hostedTools = [
  "file_search",
  "computer",
  "computer_use_preview",
  "web_search",
  "web_search_2025_08_26",
  "web_search_preview",
  "web_search_preview_2025_03_11",
  "mcp",
  "code_interpreter",
  "programmatic_tool_calling",
  "image_generation",
  "tool_search",
];

const responsesToolExamples = on(responsesPath, responsesBase, {
  function: tools(...responsesTools),
  custom: tools({ type: "custom", name: "run" }),
  namespace: tools({ type: "namespace", name: "n", description: "d", tools: responsesTools }),
  local_shell: tools({ type: "local_shell" }),
  shell: tools(localTool),
  apply_patch: tools({ type: "apply_patch" }),
  ...same(hostedTools, (type) => tools({ type })),
  name: tools(...responsesTools),
  description: field({ description: "Looks." }),
  parameters: tools(...responsesTools),
  format: tools({ type: "custom", name: "run", format: { type: "text" } }),
  tools: tools({ type: "namespace", name: "n", description: "d", tools: responsesTools }),
  environment: tools(localTool),
  strict: field({ strict: true }),
  input_examples: field({ input_examples: [{ at: "x" }] }),
  defer_loading: field({ defer_loading: true }),
  allowed_callers: field({ allowed_callers: ["programmatic"] }),
  async: field({ async: true }),
  output_schema: field({ output_schema: { type: "object" } }),
});

const images = on(
  "/v1/images/generations",
  { prompt: "A boat" },
  {
    prompt: {},
    model: { model: "AkashGen" },
    n: { n: 1 },
    response_format: { response_format: "url" },
    output_format: { output_format: "png" },
    output_compression: { output_format: "webp", output_compression: 50 },
    stream: { stream: true },
    image: { image: picture },
    mask: { mask: picture },
    background: { background: "opaque" },
    size: { size: "512x512" },
    quality: { quality: "max" },
    style: { style: "vivid" },
    moderation: { moderation: "low" },
    partial_images: { partial_images: 2 },
    complexity: { complexity: "low" },
    frame_count: { frame_count: 3 },
    frame_duration_ms: { frame_duration_ms: 100 },
    safety_identifier: { safety_identifier: "s" },
    svg: { svg: { model: "m" } },
    user: { user: "u" },
  },
);

const counting = on(
  "/v1/responses/input_tokens",
  { input: "Hi" },
  { model: { model: null }, personality: { personality: "friendly" } },
);

/** A query about a stored response. */
function about(query: string, place = "", fields: Fields = {}): Maker {
  return async (answer) => {
    const { id } = await answer({ ...responsesBase, ...fields });
    return { path: `${responsesPath}/${id}${place}?${query}` };
  };
}

const stored: Examples = {
  stream: about("stream=true", "", { background: true }),
  starting_after: about("stream=true&starting_after=0", "", { background: true }),
  limit: about("limit=1", "/input_items"),
  order: about("order=asc", "/input_items"),
  after: about("after=x", "/input_items"),
  before: about("before=x", "/input_items"),
  include: about("include[]=reasoning.encrypted_content"),
  include_obfuscation: about("include_obfuscation=true"),
};

/** By the sections of docs/api.md that decide. */
export const examples: Readonly<Record<string, Examples>> = {
  "POST /v1/chat/completions": chat,
  "Messages of Chat Completions": chatMessages,
  "POST /v1/completions": completions,
  "POST /v1/responses": responses,
  Items: { ...responsesItems, compaction: summary, encrypted_content: summary, item_reference: reference },
  "Tools of the OpenAI APIs": responsesToolExamples,
  "Stored responses": stored,
  "Counting tokens": counting,
  "POST /v1/images/generations": images,
};
