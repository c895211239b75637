import { type FilledPart, fillIn, shell, slots, type SlotValues, writeValue } from "../../domain/snippet.ts";
import type { Connection } from "./connection-values.ts";
import type { Guide } from "./guide.ts";

const { url, key, model } = slots;
// The command line reads a key from there; as an argument other users of the machine would see it.
const withKey = shell`export BEARER_TOKEN=${key}
`;
const rest = shell` --url ${url} --model ${model}`;

/** `akashchat-api launch`, which starts an agent for one run. */
export function writeLaunch({ id }: Guide, values: SlotValues, wantsKey: boolean): readonly FilledPart[] {
  const command = `npx akashchat-api launch ${id}`;
  return [
    ...(wantsKey ? fillIn(withKey, values) : []),
    { text: command, shown: command, isFilled: false },
    ...fillIn(rest, values),
  ];
}

/** `akashchat-api connect`, which shows an agent's settings, or writes them. */
export function writeConnect({ id }: Guide, connection: Connection): string {
  const words = [connection.url, connection.model.id].map((word) => writeValue(word, "word"));
  return `npx akashchat-api connect ${id} --url ${words[0]} --model ${words[1]}`;
}
