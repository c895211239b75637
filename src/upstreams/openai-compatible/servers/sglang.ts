import type { ServerRules } from "../server-rules.ts";
import { vllm } from "./vllm.ts";

/** SGLang. gpt-oss refuses the effort `none` there, so that thinking is turned off in the template alone. */
export const sglang: ServerRules = {
  ...vllm,
  name: "sglang",
  title: "SGLang",
  setup: { baseUrl: "http://localhost:30000/v1", underV1: true, description: "SGLang." },
  reasoningFields: ["reasoning_content"],
  thinking: {
    form: "field",
    words: ["minimal", "low", "medium", "high", "xhigh", "max"],
    off: { chat_template_kwargs: { enable_thinking: false } },
  },
  ownedBy: ["sglang"],
};
