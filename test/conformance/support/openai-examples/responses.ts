import {
  common,
  type Examples,
  type Fields,
  type Maker,
  model,
  on,
  picture,
  same,
  tool,
  user,
} from "./example.ts";

const responsesPath = "/v1/responses";
const responsesTools = [{ type: "function", ...tool }];
const responsesBase = { model, input: "Hi" };

const inConversation: Maker = async (answer) => {
  const { id } = await answer({}, "/v1/conversations");
  return { path: responsesPath, body: { ...responsesBase, conversation: id } };
};

const ofResponses = on(responsesPath, responsesBase, {
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

/** Of the parameters of Responses. */
export const responses: Examples = { ...ofResponses, conversation: inConversation };

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

const plainItems = on(responsesPath, responsesBase, {
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
  summary: items({ type: "reasoning", id: "rs_1", summary: [{ type: "summary_text", text: "Hm." }] }),
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

const offer = (...given: unknown[]) => ({ tools: given });
const field = (fields: Fields) => offer({ ...responsesTools[0], ...fields });
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

/** Of tools and their fields. */
export const tools = on(responsesPath, responsesBase, {
  function: offer(...responsesTools),
  custom: offer({ type: "custom", name: "run" }),
  namespace: offer({ type: "namespace", name: "n", description: "d", tools: responsesTools }),
  local_shell: offer({ type: "local_shell" }),
  shell: offer(localTool),
  apply_patch: offer({ type: "apply_patch" }),
  ...same(hostedTools, (type) => offer({ type })),
  name: offer(...responsesTools),
  description: field({ description: "Looks." }),
  parameters: offer(...responsesTools),
  format: offer({ type: "custom", name: "run", format: { type: "text" } }),
  tools: offer({ type: "namespace", name: "n", description: "d", tools: responsesTools }),
  environment: offer(localTool),
  strict: field({ strict: true }),
  input_examples: field({ input_examples: [{ at: "x" }] }),
  defer_loading: field({ defer_loading: true }),
  allowed_callers: field({ allowed_callers: ["programmatic"] }),
  async: field({ async: true }),
  output_schema: field({ output_schema: { type: "object" } }),
});

/** Of what a count of tokens has of its own. */
export const counting = on(
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

/** Of queries about stored responses. */
export const stored: Examples = {
  stream: about("stream=true", "", { background: true }),
  starting_after: about("stream=true&starting_after=0", "", { background: true }),
  limit: about("limit=1", "/input_items"),
  order: about("order=asc", "/input_items"),
  after: about("after=x", "/input_items"),
  before: about("before=x", "/input_items"),
  include: about("include[]=reasoning.encrypted_content"),
  include_obfuscation: about("include_obfuscation=true"),
};

/** Of items, their fields and parts. */
export const inputItems: Examples = {
  ...plainItems,
  compaction: summary,
  encrypted_content: summary,
  item_reference: reference,
};

/** A query about a conversation's items. */
function aboutConversation(query: string): Maker {
  return async (answer) => {
    const { id } = await answer({}, "/v1/conversations");
    return { path: `/v1/conversations/${id}/items?${query}` };
  };
}

/** Of conversations. */
export const conversations: Examples = {
  ...on("/v1/conversations", {}, { items: { items: [user] }, metadata: { metadata: { a: "b" } } }),
  limit: aboutConversation("limit=1"),
  order: aboutConversation("order=asc"),
  after: aboutConversation("after=x"),
  before: aboutConversation("before=x"),
  include: aboutConversation("include[]=message.output_text.logprobs"),
};
