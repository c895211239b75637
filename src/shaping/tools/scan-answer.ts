import { createCodeTracker } from "./code-tracker.ts";
import type { CallSession } from "./call-session.ts";
import { isSample } from "./prose-sample.ts";
import { readBareCalls } from "./recognisers/bare-calls.ts";
import { findRecogniser, mayBeMarker } from "./recognisers/find-recogniser.ts";
import type { Reading } from "./text-reader.ts";

/**
 * Reads a whole answer: text passes as it comes, except for what can still become a marker; behind a marker a
 * recogniser takes over. Calls without a marker count only where the answer begins. Ends before the end of the text
 * where the model begins to write tool results itself.
 */
export function* scanAnswer(session: CallSession): Reading<void> {
  const { reader, outlet } = session;
  const code = createCodeTracker();
  let atStart = true;

  /** Whether this line has words. */
  let inSentence = false;

  function see(character: string): void {
    code.see(character);
    if (character === "\n") inSentence = false;
    else if (character.trim() !== "") inSentence = true;
  }

  function pass(text: string): void {
    for (const character of text) see(character);
    if (atStart && text.trim() !== "") atStart = false;
    outlet.text(text);
  }

  function plainLength(): number {
    const { text, at } = reader;
    let end = at;
    while (end < text.length) {
      const character = text.charAt(end);
      // Most of the `<` of prose and code begin nothing: one look, and they are text.
      if (character === "<" && !code.inCode() && mayBeMarker(reader, end - at)) break;
      if (atStart) {
        if ((character === "{" || character === "[") && !code.inCode()) break;
        atStart = character.trim() === "";
      }
      see(character);
      end += 1;
    }
    return end - at;
  }

  while (yield* reader.need(1)) {
    const length = plainLength();
    if (length > 0) {
      outlet.text(reader.take(length));
      continue;
    }
    reader.record();
    const faults = session.faults.length;
    for (;;) {
      const recognise = (yield* reader.sees(["<"]))
        ? yield* findRecogniser(session)
        : atStart
          ? readBareCalls
          : undefined;
      const result = recognise === undefined ? false : yield* recognise(session);
      if (result === "nested") continue;
      if (inSentence && session.faults.length > faults && (yield* isSample(session))) session.pardon();
      if (!result) {
        const text = reader.recorded();
        reader.forget();
        // Something has to be read, or the same place would be looked at for ever.
        pass(text === "" ? reader.take(1) : text);
      }
      break;
    }
    reader.forget();
    if (session.overrun) return;
  }
}
