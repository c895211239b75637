import { zodOutputFormat } from "@anthropic-ai/sdk/helpers/zod";
import { generateObject, generateText, type LanguageModel, Output, streamObject, streamText } from "ai";
import { zodResponseFormat, zodTextFormat } from "openai/helpers/zod";
import { z } from "zod";

import { bookingSchema as schema } from "./booking.ts";
import { aiModel, aiModels, anthropic, gemini, langchain, model, openai, type Stack } from "./clients.ts";
import { bookingName as name } from "./object-forms.ts";

/** Asks for a booking as some client does, and gives what it read. */
export type ObjectReader = (stack: Stack) => Promise<unknown>;

const prompt = "Book a room. Answer in JSON.";
const messages = [{ role: "user" as const, content: prompt }];
const chat = { model, messages, response_format: zodResponseFormat(schema, name) };
const response = { model, input: prompt, text: { format: zodTextFormat(schema, name) } };
const message = { model, messages, max_tokens: 4000, output_config: { format: zodOutputFormat(schema) } };
const content = {
  model,
  contents: prompt,
  config: { responseMimeType: "application/json", responseJsonSchema: z.toJSONSchema(schema) },
};
const limits = { maxRetries: 0, maxOutputTokens: 4000 };

/** The two ways of the AI SDK. */
function aiSdk(create: (stack: Stack) => LanguageModel): Readonly<Record<string, ObjectReader>> {
  const output = Output.object({ schema, name });
  return {
    generateText: async (stack) =>
      (await generateText({ model: create(stack), output, prompt, ...limits })).output,
    async streamText(stack) {
      const result = streamText({ model: create(stack), output, prompt, ...limits });
      for await (const partial of result.partialOutputStream) void partial;
      return result.output;
    },
  };
}

/** The two ways of LangChain. */
function structured(
  method: "functionCalling" | "jsonSchema" | "jsonMode",
): Readonly<Record<string, ObjectReader>> {
  const create = (stack: Stack) => langchain(stack).withStructuredOutput(schema, { name, method });
  return {
    [`LangChain ${method}`]: (stack) => create(stack).invoke(prompt),
    async [`LangChain ${method}, streamed`](stack) {
      let last: unknown;
      for await (const part of await create(stack).stream(prompt)) last = part;
      return last;
    },
  };
}

/** Readers that send the schema. */
export const schemaReaders: Readonly<Record<string, ObjectReader>> = {
  "openai chat.completions.parse": async (stack) =>
    (await openai(stack).chat.completions.parse(chat)).choices[0]?.message.parsed,
  "openai chat.completions.stream": async (stack) =>
    (await openai(stack).chat.completions.stream(chat).finalChatCompletion()).choices[0]?.message.parsed,
  "openai responses.parse": async (stack) => (await openai(stack).responses.parse(response)).output_parsed,
  "openai responses.stream": async (stack) =>
    (await openai(stack).responses.stream(response).finalResponse()).output_parsed,
  "Anthropic messages.parse": async (stack) => (await anthropic(stack).messages.parse(message)).parsed_output,
  "Anthropic messages.stream": async (stack) =>
    (await anthropic(stack).messages.stream(message).finalMessage()).parsed_output,
  "@google/genai generateContent": async (stack) =>
    JSON.parse((await gemini(stack).models.generateContent(content)).text ?? ""),
  async "@google/genai generateContentStream"(stack) {
    let json = "";
    for await (const { text = "" } of await gemini(stack).models.generateContentStream(content)) json += text;
    return JSON.parse(json);
  },
  "AI SDK generateObject": async (stack) =>
    (await generateObject({ model: aiModel(stack), schema, prompt })).object,
  async "AI SDK streamObject"(stack) {
    const { object, partialObjectStream } = streamObject({ model: aiModel(stack), schema, prompt });
    for await (const partial of partialObjectStream) void partial;
    return object;
  },
  ...Object.fromEntries(
    Object.entries(aiModels).flatMap(([provider, create]) =>
      Object.entries(aiSdk(create)).map(([way, read]) => [`AI SDK ${way} by ${provider}`, read]),
    ),
  ),
  ...structured("jsonSchema"),
  ...structured("functionCalling"),
};

/** Readers that ask for JSON of any kind. */
export const plainReaders: Readonly<Record<string, ObjectReader>> = structured("jsonMode");

/** Readers of a list of bookings, which the AI SDK asks for as an object that holds nothing else. */
export const listReaders = Object.fromEntries(
  Object.entries(aiModels).map(([provider, create]): [string, ObjectReader] => [
    `AI SDK elementStream by ${provider}`,
    async (stack) => {
      const output = Output.array({ element: schema });
      const elements: unknown[] = [];
      const { elementStream } = streamText({ model: create(stack), output, prompt, ...limits });
      for await (const element of elementStream) elements.push(element);
      return elements;
    },
  ]),
);
