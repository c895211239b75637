/** The gateway as `@openai/agents` sees it, whose tools and outputs are strict: what is optional must come, as null. */
import {
  Agent,
  type AgentOutputType,
  type Model,
  OpenAIChatCompletionsModel,
  OpenAIResponsesModel,
  Runner,
  type Tool,
  tool,
} from "@openai/agents";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { startStack, type Stack } from "../support/start-stack.ts";
import { type Booking, booking, bookingSchema, lean } from "./support/booking.ts";
import {
  bookRoom,
  callForms,
  type CallForm,
  doubleForms,
  familyForms,
  forcedForms,
} from "./support/call-forms.ts";
import { model, openai } from "./support/clients.ts";
import { expectSilence } from "./support/expect-silence.ts";
import { type ObjectForm, plainForms, schemaForms } from "./support/object-forms.ts";
import { everyWay } from "./support/ways.ts";

expectSilence();

const models: Readonly<Record<string, (stack: Stack) => Model>> = {
  "Chat Completions": (stack) => new OpenAIChatCompletionsModel(openai(stack), model),
  Responses: (stack) => new OpenAIResponsesModel(openai(stack), model),
};
const apis = Object.entries(models).flatMap(([api, create]) =>
  everyWay.map((way) => [api, way, create] as const),
);
const done = "It is done.";

const transfer = '{"name": "transfer_to_Clerk", "arguments": {}}';
/** How models hand over to another agent: by a tool without parameters. */
const transferForms: readonly CallForm[] = [
  ["in tags", `<tool_call>${transfer}</tool_call>`],
  ["behind a sentence", `The clerk knows.\n\n${transfer}`],
  ["in a fence", `\`\`\`json\n${transfer}\n\`\`\``],
  ["in thinking that never ends", `<think>\nThe clerk knows.\n<tool_call>${transfer}</tool_call>`],
  ["without arguments", '<tool_call>{"name": "transfer_to_Clerk"}</tool_call>'],
  [
    "with a reason that it does not take",
    '<tool_call>{"name": "transfer_to_Clerk", "arguments": {"reason": "rooms"}}</tool_call>',
  ],
  ["in another case", '<tool_call>{"name": "transfer_to_clerk", "arguments": null}</tool_call>'],
  ["in brackets alone", "transfer_to_Clerk()", `<tool_call>${transfer}</tool_call>`],
  ["after an empty answer", "", `<tool_call>${transfer}</tool_call>`],
];

describe.each(apis)("%s, %s", (_api, way, create) => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack();
  });
  afterAll(() => stack.close());

  /** What an agent comes to over these answers of the model, each of which must be asked for. */
  async function runOver<T extends AgentOutputType>(agent: Agent<unknown, T>, answers: readonly string[]) {
    const { simulator } = stack;
    simulator.clear();
    const before = simulator.chats.length;
    for (const text of answers) simulator.enqueue({ text });
    const runner = new Runner({ tracingDisabled: true });
    const prompt = "A room, please.";
    if (way === "whole") {
      const { finalOutput, lastAgent } = await runner.run(agent, prompt);
      return { output: finalOutput, last: lastAgent?.name, asked: simulator.chats.length - before };
    }
    const result = await runner.run(agent, prompt, { stream: true });
    let text = "";
    for await (const piece of result.toTextStream()) text += piece;
    await result.completed;
    const { finalOutput, lastAgent } = result;
    if (typeof finalOutput === "string") expect(text.endsWith(finalOutput)).toBe(true);
    return { output: finalOutput, last: lastAgent?.name, asked: simulator.chats.length - before };
  }

  /** An agent that books rooms, and what its tool was run with. */
  function createClerk(toolChoice: "auto" | "required" = "auto") {
    const ran: Booking[] = [];
    const book = tool({
      name: bookRoom,
      description: "Books a room.",
      parameters: bookingSchema,
      execute(input) {
        ran.push(input);
        return "Booked.";
      },
    });
    const clerk = new Agent({
      name: "Clerk",
      instructions: "Book rooms.",
      model: create(stack),
      modelSettings: { toolChoice },
      tools: [book],
    });
    return { ran, book, clerk };
  }

  // What is whole is read in the same way: the markup of all families has its own tests for that.
  test.each([...callForms, ...(way === "streamed" ? familyForms : [])])(
    "a call %s",
    async (_what, ...answers) => {
      const { ran, clerk } = createClerk();
      const { output, asked } = await runOver(clerk, [...answers, done]);
      expect({ ran, output, asked }).toEqual({ ran: [booking], output: done, asked: answers.length + 1 });
    },
  );

  test.each(forcedForms)("a demanded call: %s", async (_what, ...answers) => {
    const { ran, clerk } = createClerk("required");
    const { output, asked } = await runOver(clerk, [...answers, done]);
    expect({ ran, output, asked }).toEqual({ ran: [booking], output: done, asked: answers.length + 1 });
  });

  test.each(doubleForms)("two calls %s", async (_what, ...answers) => {
    const { ran, clerk } = createClerk();
    const { output, asked } = await runOver(clerk, [...answers, done]);
    expect({ ran, output, asked }).toEqual({ ran: [booking, booking], output: done, asked: 2 });
  });

  test.each(transferForms)("a handoff %s", async (_what, ...answers) => {
    const { ran, clerk } = createClerk();
    const desk = new Agent({
      name: "Desk",
      instructions: "Hand over.",
      model: create(stack),
      handoffs: [clerk],
    });
    const call = `<tool_call>{"name": "${bookRoom}", "arguments": ${JSON.stringify(lean)}}</tool_call>`;
    const outcome = await runOver(desk, [...answers, call, done]);
    expect(ran).toEqual([booking]);
    expect(outcome).toEqual({ output: done, last: "Clerk", asked: answers.length + 2 });
  });

  /** An agent whose last word is a booking. */
  const createForm = (tools: Tool[]): Agent<unknown, typeof bookingSchema> =>
    new Agent({
      name: "Form",
      instructions: "Answer in JSON.",
      model: create(stack),
      outputType: bookingSchema,
      tools,
    });

  test.each<ObjectForm>([...schemaForms, ...plainForms])("an output with %s", async (_what, ...answers) => {
    const { output, asked } = await runOver(createForm([]), answers);
    expect({ output, asked }).toEqual({ output: booking, asked: answers.length });
  });

  test("an output behind a call", async () => {
    const { ran, book } = createClerk();
    const call = `<tool_call>{"name": "${bookRoom}", "arguments": ${JSON.stringify(lean)}}</tool_call>`;
    const { output, asked } = await runOver(createForm([book]), [call, `Here:\n${JSON.stringify(lean)}`]);
    expect({ ran, output, asked }).toEqual({ ran: [booking], output: booking, asked: 2 });
  });
});
