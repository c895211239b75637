const schema = {
  type: "object",
  properties: { city: { type: "string" }, days: { type: "array", items: { type: "integer" } } },
  required: ["city"],
};
const png =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const model = "meta-llama-Llama-4-Maverick-17B-128E-Instruct-FP8";

const sampling = { temperature: 0.5, top_p: 0.9, seed: 1, user: "u", metadata: { a: "b" } };

/** Bodies that use every field which the gateway understands, by path: what fuzzing starts from. */
export const fullBodies: Readonly<Record<string, readonly object[]>> = {
  "/v1/chat/completions": [
    {
      model,
      ...sampling,
      topP: 0.9,
      n: 2,
      stop: ["END", "\n\n\n"],
      max_tokens: 50,
      max_completion_tokens: 50,
      stream_options: { include_usage: true },
      presence_penalty: 0,
      logit_bias: {},
      logprobs: false,
      top_logprobs: 0,
      modalities: ["text"],
      reasoning_format: "parsed",
      include_reasoning: true,
      messages: [
        { role: "system", content: "Be brief.", name: "s" },
        { role: "developer", content: [{ type: "text", text: "Be kind." }] },
        {
          role: "user",
          content: [
            { type: "text", text: "Weather?" },
            { type: "image_url", image_url: { url: png, detail: "low" } },
            { type: "file", file: { filename: "a.txt", file_data: "data:text/plain;base64,aGk=" } },
          ],
        },
        {
          role: "assistant",
          content: null,
          reasoning_content: "hm",
          tool_calls: [
            { id: "c1", type: "function", function: { name: "get_weather", arguments: '{"city":"Oslo"}' } },
          ],
        },
        { role: "tool", tool_call_id: "c1", content: "rain" },
        { role: "assistant", content: [{ type: "refusal", refusal: "no" }], refusal: null },
        { role: "user", content: "And now?" },
      ],
      tools: [
        {
          type: "function",
          function: { name: "get_weather", description: "w", parameters: schema, strict: true },
        },
        { type: "web_search" },
      ],
      tool_choice: "auto",
      parallel_tool_calls: true,
    },
    {
      model: "DeepSeek-V3.2",
      messages: [{ role: "user", content: "JSON" }],
      response_format: {
        type: "json_schema",
        json_schema: { name: "x", description: "d", strict: true, schema },
      },
    },
    {
      model: "DeepSeek-V3.2",
      messages: [
        { role: "assistant", content: "", function_call: { name: "f", arguments: "{}" } },
        { role: "function", name: "f", content: "1" },
        { role: "user", content: "x" },
      ],
      functions: [{ name: "f", parameters: schema }],
      function_call: { name: "f" },
    },
  ],
  "/v1/completions": [
    {
      model: "DeepSeek-V3.2",
      ...sampling,
      prompt: ["Once", "Twice"],
      n: 2,
      best_of: 2,
      stop: "END",
      max_tokens: 20,
      echo: true,
      suffix: null,
      logprobs: null,
      stream_options: { include_usage: true },
    },
  ],
  "/v1/responses": [
    {
      model,
      ...sampling,
      instructions: "Be brief.",
      input: [
        { type: "message", role: "developer", content: "Be kind." },
        {
          role: "user",
          content: [
            { type: "input_text", text: "Weather?" },
            { type: "input_image", image_url: png, detail: "auto" },
            { type: "input_file", filename: "a.txt", file_data: "data:text/plain;base64,aGk=" },
          ],
        },
        { type: "reasoning", id: "rs_1", summary: [{ type: "summary_text", text: "hm" }] },
        { type: "function_call", call_id: "c1", name: "get_weather", arguments: '{"city":"Oslo"}' },
        { type: "function_call_output", call_id: "c1", output: "rain" },
        { type: "custom_tool_call", call_id: "c2", name: "patch", input: "*** Begin" },
        { type: "custom_tool_call_output", call_id: "c2", output: [{ type: "input_text", text: "ok" }] },
        {
          type: "local_shell_call",
          call_id: "c3",
          action: { type: "exec", command: ["ls"] },
          status: "completed",
        },
        { type: "local_shell_call_output", id: "c3", output: "a" },
        {
          type: "shell_call",
          call_id: "c4",
          action: { commands: ["ls"], timeout_ms: 9 },
          status: "completed",
        },
        {
          type: "shell_call_output",
          call_id: "c4",
          output: [{ stdout: "a", stderr: "", outcome: { type: "exit", exit_code: 0 } }],
        },
        {
          type: "apply_patch_call",
          call_id: "c5",
          operation: { type: "update_file", path: "a", diff: "@@" },
          status: "completed",
        },
        { type: "apply_patch_call_output", call_id: "c5", status: "failed", output: "no" },
        {
          type: "message",
          role: "assistant",
          content: [{ type: "output_text", text: "Rain.", annotations: [] }],
        },
        { type: "message", role: "user", content: "And now?" },
      ],
      tools: [
        { type: "function", name: "get_weather", description: "w", parameters: schema, strict: true },
        {
          type: "custom",
          name: "patch",
          format: { type: "grammar", syntax: "lark", definition: "start: /a/" },
        },
        { type: "local_shell" },
        {
          type: "shell",
          environment: { type: "local", skills: [{ name: "s", description: "d", path: "/s" }] },
        },
        { type: "apply_patch" },
        { type: "namespace", name: "ns", tools: [{ type: "function", name: "f", parameters: {} }] },
        { type: "web_search", filters: {} },
      ],
      tool_choice: {
        type: "allowed_tools",
        mode: "auto",
        tools: [{ type: "function", name: "get_weather" }],
      },
      parallel_tool_calls: false,
      text: { format: { type: "text" }, verbosity: "low" },
      reasoning: { effort: "low", summary: "auto" },
      max_output_tokens: 50,
      truncation: "auto",
      store: false,
      include: ["reasoning.encrypted_content"],
      max_tool_calls: 1,
      prompt_cache_key: "k",
    },
    {
      model: "DeepSeek-V3.2",
      input: "JSON",
      stop: ["x"],
      text: { format: { type: "json_schema", name: "x", description: "d", strict: true, schema } },
    },
  ],
  "/api/chat": [
    {
      model: "DeepSeek-V3.2:latest",
      stream: false,
      think: "high",
      keep_alive: "5m",
      truncate: true,
      options: {
        num_ctx: 4096,
        num_predict: 100,
        temperature: 0.5,
        top_p: 0.9,
        top_k: 40,
        min_p: 0.05,
        repeat_penalty: 1.1,
        presence_penalty: 0,
        frequency_penalty: 0,
        seed: 42,
        stop: ["END"],
        mirostat: 0,
      },
      messages: [
        { role: "system", content: "s" },
        { role: "user", content: "What is the weather?" },
        {
          role: "assistant",
          content: "",
          thinking: "hm",
          tool_calls: [
            { id: "c1", function: { index: 0, name: "get_weather", arguments: { city: "Oslo" } } },
          ],
        },
        { role: "tool", tool_name: "get_weather", tool_call_id: "c1", content: "rain" },
        { role: "assistant", content: "Rain." },
        { role: "user", content: "And now?" },
      ],
      tools: [{ type: "function", function: { name: "get_weather", description: "w", parameters: schema } }],
      format: "json",
      logprobs: false,
    },
    {
      model: "DeepSeek-V3.2",
      stream: true,
      messages: [{ role: "user", content: "x" }],
      format: schema,
      keep_alive: -1,
      think: false,
    },
  ],
  "/v1/messages": [
    {
      model,
      max_tokens: 50,
      system: [{ type: "text", text: "Be brief.", cache_control: { type: "ephemeral" } }],
      messages: [
        {
          role: "user",
          content: [
            { type: "text", text: "Weather?" },
            { type: "image", source: { type: "base64", media_type: "image/png", data: png.split(",")[1] } },
            {
              type: "document",
              title: "t",
              source: { type: "text", media_type: "text/plain", data: "hi" },
              citations: { enabled: true },
            },
            { type: "search_result", title: "t", source: "s", content: [{ type: "text", text: "r" }] },
          ],
        },
        {
          role: "assistant",
          content: [
            { type: "thinking", thinking: "hm", signature: "s" },
            { type: "redacted_thinking", data: "x" },
            { type: "tool_use", id: "t1", name: "get_weather", input: { city: "Oslo" } },
          ],
        },
        {
          role: "user",
          content: [
            {
              type: "tool_result",
              tool_use_id: "t1",
              is_error: false,
              content: [{ type: "text", text: "rain" }],
            },
          ],
        },
        { role: "assistant", content: "Rain." },
        { role: "user", content: "And now?" },
      ],
      tools: [
        { name: "get_weather", description: "w", input_schema: schema },
        { type: "bash_20250124", name: "bash" },
        { type: "web_search_20250305", name: "web_search", max_uses: 1 },
      ],
      tool_choice: { type: "auto", disable_parallel_tool_use: true },
      stop_sequences: ["END"],
      temperature: 0.5,
      top_p: 0.9,
      top_k: 5,
      thinking: { type: "enabled", budget_tokens: 1024 },
      metadata: { user_id: "u" },
    },
    {
      model: "DeepSeek-V3.2",
      max_tokens: 50,
      messages: [{ role: "user", content: "JSON" }],
      output_config: { format: { type: "json_schema", schema }, effort: "low" },
    },
  ],
};
