import { slots, strings } from "../../../domain/snippet.ts";
import { type Guide, gptNames } from "../guide.ts";

const { url, key, model } = slots;

const python = strings`from langchain_openai import ChatOpenAI

model = ChatOpenAI(model="${model}", base_url="${url}/v1", api_key="${key}")`;

const typescript = strings`import { ChatOpenAI } from "@langchain/openai";

const model = new ChatOpenAI({
  model: "${model}",
  apiKey: "${key}",
  configuration: { baseURL: "${url}/v1" },
});`;

/** LangChain, in Python and TypeScript. */
export const langChain: Guide = {
  id: "langchain",
  name: "LangChain",
  group: "code",
  heading: "### LangChain",
  dialect: "chat",
  names: gptNames,
  steps: [
    { kind: "program", language: "Python", code: python },
    { kind: "program", language: "TypeScript", code: typescript },
  ],
};
