import { place, shell } from "../../../domain/snippet.ts";
import { type Guide, gptNames } from "../guide.ts";

const chatUrl = place("url", { after: "/v1/chat/completions" });
const messagesUrl = place("url", { after: "/v1/messages" });
const key = place("key", { form: "quoted" });
const model = place("model", { form: "json-quoted" });

const chat = shell`curl ${chatUrl} \
  -H 'authorization: Bearer ${key}' \
  -H 'content-type: application/json' \
  -d '{"model": "${model}", "messages": [{"role": "user", "content": "Say hello"}]}'`;

const messages = shell`curl ${messagesUrl} \
  -H 'x-api-key: ${key}' \
  -H 'anthropic-version: 2023-06-01' \
  -H 'content-type: application/json' \
  -d '{"model": "${model}", "max_tokens": 1000, "messages": [{"role": "user", "content": "Say hello"}]}'`;

/** curl, over Chat Completions and over Messages. */
export const curl: Guide = {
  id: "curl",
  name: "curl",
  group: "code",
  heading: "### curl",
  dialect: "chat",
  names: gptNames,
  steps: [
    { kind: "program", language: "OpenAI", code: chat },
    { kind: "program", language: "Anthropic", code: messages },
  ],
};
