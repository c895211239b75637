import { syntaxes } from "../../fixtures/tool-calls/syntaxes.ts";
import { lean, misfits } from "./booking.ts";

/** The tool that takes a booking. */
export const bookRoom = "book_room";

/** How a model writes one call of it: its answers, turn by turn. */
export type CallForm = readonly [what: string, ...answers: string[]];

const leanJson = JSON.stringify(lean);
const call = `{"name": "${bookRoom}", "arguments": ${leanJson}}`;
const tag = (text: string): string => `<tool_call>\n${text}\n</tool_call>`;
const fence = (text: string, language = "json"): string => `\`\`\`${language}\n${text}\n\`\`\``;
const sentence = "I'll book it for you.";

/** Calls that everyone can find, but whose arguments miss the schema. */
const misfitForms = misfits.map(([what, json]): CallForm => [
  what,
  tag(`{"name": "${bookRoom}", "arguments": ${json}}`),
]);

/** Calls in shapes and places where only a part of readers looks for them. */
const places: readonly CallForm[] = [
  ["flat, name and arguments side by side", tag(JSON.stringify({ name: bookRoom, ...lean }))],
  ["its arguments in a string", tag(JSON.stringify({ name: bookRoom, arguments: leanJson }))],
  ["as an object of OpenAI's", tag(`{"id": "c1", "type": "function", "function": ${call}}`)],
  ["as a list of tool_calls", `{"tool_calls": [${call}]}`],
  ["as a list of tool_calls in a fence", fence(`{"tool_calls": [${call}]}`)],
  ["with parameters for arguments", `{"name": "${bookRoom}", "parameters": ${leanJson}}`],
  ["in a fence", fence(call)],
  ["in a fence without a language", fence(call, "")],
  ["in a fence behind a sentence", `${sentence}\n\n${fence(call)}`],
  ["behind a sentence", `${sentence}\n\n${call}`],
  ["in tags in a fence", fence(tag(call), "xml")],
  ["in a namespace", tag(call.replace(bookRoom, `functions.${bookRoom}:0`))],
  ["in another spelling of the name", tag(call.replace(bookRoom, "BookRoom"))],
  ["without the closing tag", `${sentence}\n<tool_call>\n${call}`],
  ["behind thinking", `<think>\nOslo it is.\n</think>\n\n${tag(call)}`],
  ["in thinking that never ends", `<think>\nOslo it is.\n${tag(call)}`],
  ["behind thinking that nothing opened", `Oslo it is.\n</think>\n\n${tag(call)}`],
  ["with an invented result", `${tag(call)}\n<tool_response>\nBooked.\n</tool_response>`],
  ["with tokens of the turn's end", `${tag(call)}<|im_end|>`],
];

/** Answers after which the model is asked again. */
const retried: readonly CallForm[] = [
  ["after an empty answer", "", tag(call)],
  ["after thinking alone", "<think>\nOslo it is.\n</think>", tag(call)],
  ["after a call that nobody can read", `${bookRoom}(city: Oslo; nights: 2`, tag(call)],
  ["after a tool that does not exist", tag(call.replace(bookRoom, "reserve")), tag(call)],
];

/** Forms of a call that nothing demands. */
export const callForms: readonly CallForm[] = [...misfitForms, ...places, ...retried];

/** The markup of all families, with what is null left out. */
export const familyForms = syntaxes.map((syntax): CallForm => [
  `as ${syntax.id} writes`,
  syntax.render([{ name: bookRoom, input: lean }]),
]);

/** Two calls of it in one answer. */
export const doubleForms: readonly CallForm[] = [
  ["in two tags", `${tag(call)}\n${tag(call)}`],
  ["in one tag", tag(`[${call}, ${call}]`)],
  ["as a list of tool_calls", `{"tool_calls": [${call}, ${call}]}`],
  ["in a fence behind a sentence", `${sentence}\n${fence(`${call}\n${call}`)}`],
  ["on lines of their own", `${sentence}\n${call}\n${call}`],
];

/** What is a call only because one must come. */
export const forcedForms: readonly CallForm[] = [
  ["arguments alone", leanJson],
  ["arguments alone, without the last bracket", leanJson.slice(0, -1)],
  ["arguments alone, in a fence", fence(leanJson)],
  ["arguments alone, behind a sentence", `Here is the booking:\n\n${leanJson}`],
  ["arguments alone, in a fence amid sentences", `Sure!\n${fence(leanJson)}\nAnything else?`],
  ["arguments alone, behind thinking", `<think>{"city": "Rome"}</think>${leanJson}`],
  ["a call in a fence amid sentences", `Sure!\n${fence(call)}\nAnything else?`],
  ["a call behind a sentence, in its line", `${sentence} ${call}`],
  ["a call between sentences", `${sentence}\n${call}\nAnything else?`],
  ["arguments alone, without the last bracket, in a fence", fence(leanJson.slice(0, -1))],
  ["in a list of one", `[${leanJson}]`],
  ["behind their schema's example", `{"city": "string", "nights": 0}\n\n${leanJson}`],
  ["in the form of their schema", JSON.stringify({ type: "object", properties: lean })],
  ["wrapped in the tool's name", JSON.stringify({ [bookRoom]: lean })],
  ["wrapped in arguments", JSON.stringify({ arguments: lean })],
  ["after words alone", "Which room?", leanJson],
];
