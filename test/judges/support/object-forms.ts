import { z } from "zod";

import { booking, bookingSchema, lean, misfits, toPython } from "./booking.ts";

/** How a model writes a booking as JSON: its answers, turn by turn. */
export type ObjectForm = readonly [what: string, ...answers: string[]];

/** What the schema of a booking is called. */
export const bookingName = "booking";

const json = JSON.stringify(booking);
const leanJson = JSON.stringify(lean);
const schema = JSON.stringify(z.toJSONSchema(bookingSchema));
const fence = (text: string): string => `\`\`\`json\n${text}\n\`\`\``;
const call = `{"name": "${bookingName}", "arguments": ${leanJson}}`;

/** Answers from which the schema helps to tell what was meant. */
export const schemaForms: readonly ObjectForm[] = [
  ...misfits,
  ["quotes in a text", leanJson.replaceAll('\\"', '"')],
  ["its schema's name around it", JSON.stringify({ [bookingName]: lean })],
  ["any name around it, behind a sentence", `Here it is:\n\n${JSON.stringify({ result: lean }, null, 2)}`],
  ["a list around it", `[${leanJson}]`],
  ["the schema before it", `${schema}\n\n${leanJson}`],
  ["the schema and it in fences", `The schema:\n${fence(schema)}\nThe booking:\n${fence(leanJson)}`],
  ["a pattern before it", `{"city": "string", "nights": 0, "size": "small"}\n\n${leanJson}`],
  ["an example before it", `For example: {"city": "Rome", "nights": 1}\n\n${leanJson}`],
  ["its schema around it", JSON.stringify({ type: "object", properties: lean })],
  ["a call of its name", call],
  ["a fence amid sentences around it", `Sure!\n${fence(leanJson)}\nAnything else?`],
  ["thinking with another object before it", `<think>{"city": "Rome"}</think>\n${leanJson}`],
  ["words alone before it, which are asked about", "Which room?", leanJson],
];

/** Answers that need no schema to be read. */
export const plainForms: readonly ObjectForm[] = [
  ["a fence amid sentences", `Sure!\n${fence(json)}\nAnything else?`],
  ["a closing bracket too few", json.slice(0, -1)],
  ["a comma too many", json.replace("]", ",]")],
  ["single quotes and words of Python", toPython(json)],
  ["thinking with another object before it", `<think>{"city": "Rome"}</think>\n${json}`],
  ["no JSON at first", "Which room?", json],
];

/** Two bookings where an object is wanted that holds a list of them. */
export const listForms: readonly ObjectForm[] = [
  ["the object", JSON.stringify({ elements: [lean, lean] })],
  ["the list alone", `[${leanJson}, ${leanJson}]`],
  ["the list alone, in a fence behind a sentence", `Here they are:\n${fence(`[${leanJson}, ${leanJson}]`)}`],
  ["another name for the list", JSON.stringify({ bookings: [lean, lean] })],
];
