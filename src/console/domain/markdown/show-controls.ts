/**
 * What turns the direction of writing, is not seen, or ends lines unseen: in code it can make one thing look like another. Not the joiners,
 * without which some writing and pictures of faces fall apart.
 */
const hidden = /(?![\n\t\u200C\u200D])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** The same text, with what can't be seen in it written out: `⟨U+202E⟩`. */
export function showControls(text: string): string {
  return text.replaceAll(
    hidden,
    (character) => `⟨U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}⟩`,
  );
}
