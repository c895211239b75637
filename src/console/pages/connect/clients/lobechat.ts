import { place, shell, slots } from "../../../domain/snippet.ts";
import type { Guide } from "../guide.ts";

const { key, model } = slots;
const baseUrl = place("url", { after: "/v1" });

const variables = shell`export OPENAI_PROXY_URL=${baseUrl}
export OPENAI_API_KEY=${key}
export OPENAI_MODEL_LIST=-all,+${model}`;

/** LobeChat, on a server of one's own. */
export const lobeChat: Guide = {
  id: "lobechat",
  name: "LobeChat",
  group: "apps",
  heading: "### LobeChat (LobeHub)",
  dialect: "chat",
  names: [],
  steps: [{ kind: "shell", code: variables }],
};
