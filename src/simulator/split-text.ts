/** Cuts a text into deltas the size of tokens; joined they give the text again. */
export function splitText(text: string): string[] {
  return text.match(/\s?\S{1,8}|\s/gu) ?? [];
}

/** A rough number of tokens for so many characters. */
export function estimateTokens(characters: number): number {
  return Math.ceil(characters / 4);
}
