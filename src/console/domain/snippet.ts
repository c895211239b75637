/** Texts of settings with places in them that are filled in: the same data is shown with colours, and copied. */

/** What is filled in. */
export type Slot =
  | "url"
  | "key"
  | "model"
  | "imageModel"
  | "context"
  | "output"
  | "prompt"
  | "compressionThreshold"
  | "provider"
  | "keyVariable"
  | "modelName";

/** How a value is written so that it stays one value, whatever is in it. */
export type Form = "word" | "quoted" | "json-quoted" | "string" | "plain" | "field";

/** A place in a text. `before` and `after` are parts of the same value. */
export interface Place {
  readonly slot: Slot;
  readonly form?: Form;
  readonly before?: string;
  readonly after?: string;
}

/** A text in a certain language. */
export interface Snippet {
  readonly form: Form;
  readonly pieces: readonly (string | Place)[];
}

/** A value: as it is copied, and as it is shown where that must not be seen. */
export interface SlotValue {
  readonly text: string;
  readonly shown?: string;
}

/** What all places are filled with. */
export type SlotValues = Readonly<Record<Slot, SlotValue>>;

/** A part of a filled text. */
export interface FilledPart {
  readonly text: string;
  readonly shown: string;
  readonly isFilled: boolean;
}

type Tag = (texts: TemplateStringsArray, ...places: readonly Place[]) => Snippet;

const tag =
  (form: Form): Tag =>
  (texts, ...places) => ({
    form,
    pieces: texts.raw.flatMap((text, index) => {
      const place = places[index];
      return place === undefined ? [text] : [text, place];
    }),
  });

/** Lines for a shell: a value is a word, quoted where it must be. */
export const shell = tag("word");
/** JSON, TOML, TypeScript and Python: a value stands between double quotes. */
export const strings = tag("string");
/** YAML: a value stands without quotes where it can. */
export const yaml = tag("plain");
/** A text for a field: the value itself. */
export const field = tag("field");

/** The place of a slot. */
export const place = (slot: Slot, more: Omit<Place, "slot"> = {}): Place => ({ slot, ...more });

const url = place("url");
const key = place("key");
const model = place("model");
/** The usual places. */
export const slots = { url, key, model };

// Control characters are part of no address, key or name; in a terminal they would be keys that somebody else presses.
const clean = (text: string): string => text.replaceAll(/\p{Cc}/gu, "");

const inQuotes = (text: string): string => text.replaceAll("'", String.raw`'\''`);
const inString = (text: string): string => JSON.stringify(text).slice(1, -1);
// What YAML might take for something else than a text, a comment or an end.
const isPlain = (text: string): boolean =>
  /^[a-z](?:[\w./@ -]|:(?=\S))*$/i.test(text) && !/^(?:true|false|null|yes|no|on|off|y|n)$|\s$/i.test(text);

const writers: Readonly<Record<Form, (text: string) => string>> = {
  word: (text) => (/^[\w./:@%+,=…•-]+$/.test(text) ? text : `'${inQuotes(text)}'`),
  quoted: inQuotes,
  "json-quoted": (text) => inQuotes(inString(text)),
  string: inString,
  field: (text) => text,
  plain: (text) => (isPlain(text) || /^\d+$/.test(text) ? text : JSON.stringify(text)),
};

/** Writes a value in the form that its place has. */
export function writeValue(value: string, form: Form): string {
  return writers[form](clean(value));
}

/** Fills all places. */
export function fillIn({ form, pieces }: Snippet, values: SlotValues): readonly FilledPart[] {
  return pieces
    .map((piece) => {
      if (typeof piece === "string") return { text: piece, shown: piece, isFilled: false };
      const { slot, before = "", after = "" } = piece;
      const { text, shown = text } = values[slot];
      const write = (value: string) => writeValue(before + value + after, piece.form ?? form);
      return { text: write(text), shown: write(shown), isFilled: true };
    })
    .filter(({ text }) => text !== "");
}

/** What is copied. */
export function toText(parts: readonly FilledPart[]): string {
  return parts.map(({ text }) => text).join("");
}
