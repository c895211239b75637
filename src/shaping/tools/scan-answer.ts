import type { CallSession } from "./call-session.ts";
import { readBareCalls } from "./recognisers/bare-calls.ts";
import { findRecogniser, mayBeMarker } from "./recognisers/find-recogniser.ts";
import { readStrippedHarmony } from "./recognisers/stripped-harmony.ts";
import type { Reading } from "./text-reader.ts";

/**
 * Reads a whole answer: text passes as it comes, except for what can still become a marker; behind a marker a
 * recogniser takes over. Calls without a marker count only where the answer begins. Ends before the end of the text
 * where the model begins to write tool results itself.
 */
export function* scanAnswer(session: CallSession): Reading<void> {
  const { reader, outlet, code } = session;

  function pass(text: string): void {
    for (const character of text) code.see(character);
    if (session.atStart && text.trim() !== "") session.atStart = false;
    outlet.text(text);
  }

  function plainLength(): number {
    const { text, at } = reader;
    let end = at;
    if (!session.offersTools && !session.atStart) {
      const next = text.indexOf("<", at);
      end = next === -1 ? text.length : next;
      code.seeAll(text.slice(at, end));
    }
    while (end < text.length) {
      const character = text.charAt(end);
      // Most of the `<` of prose and code begin nothing: one look, and they are text.
      if (character === "<" && !code.inCode() && mayBeMarker(session, end - at)) break;
      if (session.atStart) {
        if (session.offersTools && (character === "{" || character === "[") && !code.inCode()) break;
        session.atStart = character.trim() === "";
      }
      code.see(character);
      end += 1;
    }
    return end - at;
  }

  if (session.mayStripHarmony) {
    reader.record();
    if (!(yield* readStrippedHarmony(session))) pass(reader.recorded());
    reader.forget();
  }
  while (yield* reader.need(1)) {
    const length = plainLength();
    if (length > 0) {
      outlet.text(reader.take(length));
      continue;
    }
    reader.record();
    for (;;) {
      const recognise = (yield* reader.sees(["<"]))
        ? yield* findRecogniser(session)
        : session.atStart
          ? readBareCalls
          : undefined;
      const result = recognise === undefined ? false : yield* recognise(session);
      if (result === "nested") continue;
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
