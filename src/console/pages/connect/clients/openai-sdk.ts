import { slots, strings } from "../../../domain/snippet.ts";
import { type Guide, gptNames } from "../guide.ts";

const { url, key, model } = slots;

const python = strings`from openai import OpenAI

client = OpenAI(base_url="${url}/v1", api_key="${key}")
answer = client.chat.completions.create(model="${model}", messages=[{"role": "user", "content": "Hello"}])`;

const typescript = strings`import OpenAI from "openai";

const client = new OpenAI({ baseURL: "${url}/v1", apiKey: "${key}" });
const answer = await client.responses.create({ model: "${model}", input: "Hello" });`;

/** OpenAI SDK, in Python and TypeScript. */
export const openAiSdk: Guide = {
  id: "openai-sdk",
  name: "OpenAI SDK",
  group: "code",
  heading: "### OpenAI",
  dialect: "chat",
  names: gptNames,
  steps: [
    { kind: "program", language: "Python", code: python },
    { kind: "program", language: "TypeScript", code: typescript },
  ],
};
