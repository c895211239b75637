import { slots, strings } from "../../../domain/snippet.ts";
import type { Guide } from "../guide.ts";

const { url, key, model } = slots;

const python = strings`from google import genai

client = genai.Client(api_key="${key}", http_options={"base_url": "${url}"})
answer = client.models.generate_content(model="${model}", contents="Hello")`;

const typescript = strings`import { GoogleGenAI } from "@google/genai";

const ai = new GoogleGenAI({ apiKey: "${key}", httpOptions: { baseUrl: "${url}" } });
const answer = await ai.models.generateContent({ model: "${model}", contents: "Hello" });`;

/** Google's Gen AI SDK, in Python and TypeScript. */
export const googleGenAi: Guide = {
  id: "google-genai",
  name: "Google Gen AI SDK",
  group: "code",
  heading: "### Google Gen AI",
  dialect: "gemini",
  names: [{ pattern: "gemini-*", example: "gemini-2.5-flash" }],
  steps: [
    { kind: "program", language: "Python", code: python },
    { kind: "program", language: "TypeScript", code: typescript },
  ],
};
