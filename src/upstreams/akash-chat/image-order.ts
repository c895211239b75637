import type { ImageRequest } from "../upstream.ts";

/** An order to draw in so many words, as against a mere description of a picture. */
const orderPattern =
  /^\s*(?:(?:please|can you|could you|i want you to)[,\s]+)?(?:generate|create|make|draw|paint|render|produce|sketch|illustrate)\b[^.!?\n]{0,40}?\b(?:image|picture|photo|photograph|painting|drawing|illustration|portrait|logo|poster|sketch|icon|wallpaper)s?\b/i;

/**
 * Words a wish so that the small model, which only sometimes sees that a picture is wanted, draws: a mere description is put
 * behind an order.
 */
function toUsualOrder(prompt: string): string {
  return orderPattern.test(prompt) ? prompt : `Generate an image: ${prompt}`;
}

/** The same with more emphasis, after the model has answered with text. */
function toUrgentOrder(prompt: string): string {
  return (
    "Call the image generation tool now. Do not answer with text, do not ask back; " +
    `generate an image of exactly what this describes: ${prompt}`
  );
}

/** The turns of a request, the last of them as an order where it must be drawn. */
export function toOrderedTurns({ turns, order }: ImageRequest): ImageRequest["turns"] {
  const last = turns.at(-1);
  if (order === undefined || last === undefined) return turns;
  const text = order === "usual" ? toUsualOrder(last.text) : toUrgentOrder(last.text);
  return [...turns.slice(0, -1), { ...last, text }];
}
