import { betaZodTool } from "@anthropic-ai/sdk/helpers/beta/zod";
import { type CallableTool, FunctionCallingConfigMode, type GenerateContentResponse } from "@google/genai";
import { type AIMessageChunk, HumanMessage, ToolMessage } from "@langchain/core/messages";
import { tool as langchainTool } from "@langchain/core/tools";
import type { ChatOpenAIFields } from "@langchain/openai";
import { generateText, isStepCount, type LanguageModel, streamText, tool } from "ai";
import type { ChatResponse, Message } from "ollama";
import type OpenAI from "openai";
import { zodFunction, zodResponsesFunction } from "openai/helpers/zod";
import { z } from "zod";

import { type Booking, bookingSchema } from "./booking.ts";
import { bookRoom } from "./call-forms.ts";
import { aiModels, anthropic, gemini, langchain, model, ollama, openai, type Stack } from "./clients.ts";

/**
 * Lets an agent of some client book a room: writes down what the tool was run with, and returns the answer behind its result.
 * `forced`: the call is demanded, and the agent stops behind it.
 */
export type CallRunner = (stack: Stack, ran: Booking[], forced: boolean) => Promise<unknown>;

const prompt = "A room, please.";
const description = "Books a room.";
const booked = "Booked.";
const messages = [{ role: "user" as const, content: prompt }];

/** By the AI SDK. */
function aiSdk(create: (stack: Stack) => LanguageModel, streamed: boolean): CallRunner {
  return async (stack, ran, forced) => {
    const execute = (input: Booking): string => {
      ran.push(input);
      return booked;
    };
    const options = {
      model: create(stack),
      prompt,
      maxRetries: 0,
      maxOutputTokens: 4000,
      stopWhen: isStepCount(forced ? 1 : 3),
      tools: { [bookRoom]: tool({ description, inputSchema: bookingSchema, execute }) },
      toolChoice: forced ? ({ type: "tool" as const, toolName: bookRoom } as const) : ("auto" as const),
    };
    return streamed ? streamText(options).text : (await generateText(options)).text;
  };
}

/** By `runTools`, which runs a tool that is demanded once. */
function runTools(streamed: boolean): CallRunner {
  return async (stack, ran, forced) => {
    const book = zodFunction({
      name: bookRoom,
      description,
      parameters: bookingSchema,
      function(input) {
        ran.push(input);
        return booked;
      },
    });
    const choice = forced ? { tool_choice: { type: "function" as const, function: { name: bookRoom } } } : {};
    const body = { model, messages, tools: [book], ...choice };
    const { completions } = openai(stack).chat;
    if (streamed) {
      const runner = completions.runTools({ ...body, stream: true });
      await runner.done();
      return forced ? undefined : runner.finalContent();
    }
    const runner = completions.runTools(body);
    await runner.done();
    return forced ? undefined : runner.finalContent();
  };
}

/** By `responses.parse`, or a stream of it. */
function parseResponses(streamed: boolean): CallRunner {
  return async (stack, ran, forced) => {
    const { responses } = openai(stack);
    const tools = [zodResponsesFunction({ name: bookRoom, description, parameters: bookingSchema })];
    const choice = forced ? ("required" as const) : ("auto" as const);
    const body = { model, input: prompt, tools, tool_choice: choice };
    const first = streamed
      ? await responses.stream(body).finalResponse()
      : await responses.parse<typeof body, never>(body);
    const results: OpenAI.Responses.ResponseInputItem[] = [];
    for (const item of first.output) {
      if (item.type !== "function_call") continue;
      ran.push(bookingSchema.parse(item.parsed_arguments));
      results.push({ type: "function_call_output", call_id: item.call_id, output: booked });
    }
    if (forced || results.length === 0) return first.output_text;
    const rest = { model, input: results, previous_response_id: first.id };
    return (await responses.create(rest)).output_text;
  };
}

/** By Anthropic's `toolRunner`. */
function toolRunner(stream: boolean): CallRunner {
  return async (stack, ran, forced) => {
    const book = betaZodTool({
      name: bookRoom,
      description,
      inputSchema: bookingSchema,
      run(input) {
        ran.push(input);
        return booked;
      },
    });
    const message = await anthropic(stack).beta.messages.toolRunner({
      model,
      messages,
      max_tokens: 4000,
      tools: [book],
      stream,
      max_iterations: forced ? 1 : 3,
      ...(forced ? { tool_choice: { type: "tool" as const, name: bookRoom } } : {}),
    });
    const [block] = message.content;
    return block?.type === "text" ? block.text : "";
  };
}

/** The words of an answer; the SDK's own `text` warns of calls. */
function wordsOf({ candidates = [] }: GenerateContentResponse): string {
  return (candidates[0]?.content?.parts ?? []).map(({ text = "" }) => text).join("");
}

/** By the automatic function calling of `@google/genai`, which runs a tool that is demanded once. */
function callAutomatically(streamed: boolean): CallRunner {
  return async (stack, ran, forced) => {
    const declaration = { name: bookRoom, description, parametersJsonSchema: z.toJSONSchema(bookingSchema) };
    const book: CallableTool = {
      async tool() {
        return { functionDeclarations: [declaration] };
      },
      async callTool(calls) {
        return calls.map(({ id = "", name = "", args }) => {
          ran.push(bookingSchema.parse(args));
          return { functionResponse: { id, name, response: { output: booked } } };
        });
      },
    };
    const choice = { mode: FunctionCallingConfigMode.ANY, allowedFunctionNames: [bookRoom] };
    const request = {
      model,
      contents: prompt,
      config: {
        // The SDK takes one that it may run once for one that it may not run at all.
        tools: forced ? [{ functionDeclarations: [declaration] }] : [book],
        maxOutputTokens: 4000,
        ...(forced ? { toolConfig: { functionCallingConfig: choice } } : {}),
      },
    };
    const { models } = gemini(stack);
    let words = "";
    let last: string | undefined;
    const answers = streamed
      ? await models.generateContentStream(request)
      : [await models.generateContent(request)];
    for await (const answer of answers) {
      // What came before a call belongs to another answer.
      if (answer.responseId !== last) words = "";
      last = answer.responseId;
      words += wordsOf(answer);
      if (forced) await book.callTool(answer.functionCalls ?? []);
    }
    return words;
  };
}

/** By LangChain's `bindTools`. */
function bindTools(streamed: boolean, fields: ChatOpenAIFields = {}): CallRunner {
  return async (stack, ran, forced) => {
    const book = langchainTool(
      (input: Booking) => {
        ran.push(input);
        return booked;
      },
      { name: bookRoom, description, schema: bookingSchema },
    );
    const chat = langchain(stack, fields).bindTools([book], {
      strict: true,
      ...(forced ? { tool_choice: bookRoom } : {}),
    });
    const question = new HumanMessage(prompt);
    let first: AIMessageChunk | undefined;
    if (!streamed) first = await chat.invoke([question]);
    else for await (const part of await chat.stream([question])) first = first?.concat(part) ?? part;
    if (first === undefined) throw new Error("No chunk came.");
    const results: ToolMessage[] = [];
    for (const call of first.tool_calls ?? []) {
      const content = await book.invoke(bookingSchema.parse(call.args));
      results.push(new ToolMessage({ content, tool_call_id: call.id ?? "" }));
    }
    return forced ? first.text : (await chat.invoke([question, first, ...results])).text;
  };
}

/** By the `ollama` SDK, whose users write the loop themselves; a result says neither its id nor its name. */
function ollamaChat(streamed: boolean): CallRunner {
  return async (stack, ran) => {
    const parameters = z.toJSONSchema(bookingSchema);
    // Its type of a schema knows less than a schema may hold.
    const tools = [
      { type: "function", function: { name: bookRoom, description, parameters: parameters as object } },
    ];
    const said: Message[] = [...messages];
    for (;;) {
      const body = { model, messages: said, tools };
      let message: Message;
      if (!streamed) ({ message } = await ollama(stack).chat(body));
      else message = await addUp(await ollama(stack).chat({ ...body, stream: true }));
      const { tool_calls: calls = [] } = message;
      if (calls.length === 0) return message.content;
      said.push(message);
      for (const call of calls) {
        ran.push(bookingSchema.parse(call.function.arguments));
        said.push({ role: "tool", content: booked });
      }
    }
  };
}

/** The message of a stream of lines. */
async function addUp(lines: AsyncIterable<ChatResponse>): Promise<Message> {
  const whole: Message = { role: "assistant", content: "" };
  for await (const { message } of lines) {
    whole.content += message.content;
    if (message.tool_calls !== undefined)
      whole.tool_calls = [...(whole.tool_calls ?? []), ...message.tool_calls];
  }
  return whole;
}

/** The runners of Ollama's SDK, whose API can't demand a call. */
export const ollamaRunners: Readonly<Record<string, CallRunner>> = {
  "ollama chat": ollamaChat(false),
  "ollama chat, streamed": ollamaChat(true),
};

/** The runners of all SDKs that can demand a call. */
export const callRunners: Readonly<Record<string, CallRunner>> = {
  "openai runTools": runTools(false),
  "openai runTools, streamed": runTools(true),
  "openai responses.parse": parseResponses(false),
  "openai responses.stream": parseResponses(true),
  "Anthropic toolRunner": toolRunner(false),
  "Anthropic toolRunner, streamed": toolRunner(true),
  "@google/genai generateContent": callAutomatically(false),
  "@google/genai generateContentStream": callAutomatically(true),
  "LangChain bindTools": bindTools(false),
  "LangChain bindTools, streamed": bindTools(true),
  "LangChain bindTools by Responses, streamed": bindTools(true, { useResponsesApi: true }),
  ...Object.fromEntries(
    Object.entries(aiModels).flatMap(([provider, create]) => [
      [`AI SDK generateText by ${provider}`, aiSdk(create, false)],
      [`AI SDK streamText by ${provider}`, aiSdk(create, true)],
    ]),
  ),
};
