/** What turns the direction of writing, is not seen, or ends lines unseen: in code it can make one thing look like another. */
// eslint-disable-next-line no-control-regex -- that is what is looked for
const hidden =
  /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u061C\u200B-\u200F\u2028-\u202E\u2060-\u2069\uFEFF]/g;

/** The same text, with what can't be seen in it written out: `⟨U+202E⟩`. */
export function showControls(text: string): string {
  return text.replaceAll(
    hidden,
    (character) => `⟨U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}⟩`,
  );
}
