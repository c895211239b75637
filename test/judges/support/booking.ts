import { z } from "zod";

const person = z.object({ name: z.string(), age: z.number().int().nullable() });

const payment = z.union([
  z.object({ by: z.literal("card"), number: z.string(), cvc: z.number().int().nullable() }),
  z.object({ by: z.literal("cash"), amount: z.number() }),
]);

/** What is strict as clients make it of zod: every field is required, what is optional may be null, and no other key may come. */
export const bookingSchema = z.object({
  city: z.string(),
  nights: z.number().int(),
  size: z.enum(["small", "large"]),
  breakfast: z.boolean(),
  guest: person,
  others: z.array(person),
  payment,
  wishes: z.array(z.string()).nullable(),
  note: z.string().nullable(),
});

/** Such a booking. */
export type Booking = z.infer<typeof bookingSchema>;

/** What must come, however it was written. */
export const booking: Booking = {
  city: "Oslo",
  nights: 2,
  size: "large",
  breakfast: true,
  guest: { name: "Ada", age: null },
  others: [{ name: "Bob", age: 7 }],
  payment: { by: "card", number: "4242", cvc: null },
  wishes: ['a "sea" view'],
  note: null,
};

const { note: _note, ...noted } = booking;

/** The same as models write it: what is null is left out, at every depth. */
export const lean = { ...noted, guest: { name: "Ada" }, payment: { by: "card", number: "4242" } };

/** The ways in which a booking misses its schema and can be read all the same, and its JSON. */
export const misfits: readonly (readonly [what: string, json: string])[] = [
  ["nullable keys left out", json(lean)],
  ["keys too many", json({ ...lean, country: "Norway", others: [{ name: "Bob", age: 7, tall: true }] })],
  [
    "null and a list in words",
    json({ ...lean, guest: { name: "Ada", age: "None" }, wishes: json(booking.wishes) }),
  ],
  ["numbers and booleans in strings", json({ ...lean, nights: "2", breakfast: "True" })],
  ["keys in another case", json(lean).replace('"city"', '"City"').replace('"wishes"', '"WISHES"')],
  ["an enum in another case", json({ ...lean, size: "LARGE" })],
  ["one item for a list", json({ ...lean, others: { name: "Bob", age: 7 }, wishes: 'a "sea" view' })],
  [
    "a word of a union in another case",
    json({ ...lean, payment: { ...lean.payment, by: "Card", bank: "DNB" } }),
  ],
  ["an object in a string", json({ ...lean, guest: '{"name": "Ada"}' })],
  ["a closing bracket too few", json(lean).slice(0, -1)],
  ["a comma too many", json(lean).replace("]}", "],}")],
  ["single quotes and words of Python", toPython(json(lean))],
];

/** JSON as Python prints it. */
export function toPython(text: string): string {
  return text
    .replaceAll(/(?<!\\)"/g, "'")
    .replace("true", "True")
    .replaceAll("null", "None");
}

function json(value: unknown): string {
  return JSON.stringify(value);
}
