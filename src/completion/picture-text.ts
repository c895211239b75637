/**
 * A Markdown picture, as `complete-image.ts` makes it. Neither part may hold the beginning of another one, so that a text
 * of nothing but beginnings is still read in linear time.
 */
const picturePattern = /!\[((?:[^\]\\!]|\\[^!\n]|!(?!\[))*)\]\([^()\s]*\)/g;

/** A text with the pictures in it named by what they show, without their links: models can't follow those. */
export function namePictures(text: string): string {
  return text.replace(picturePattern, "[Image: $1]");
}
