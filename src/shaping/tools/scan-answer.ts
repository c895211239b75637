import { endsInWord, longestEnd, type CallSession } from "./call-session.ts";
import { isSample } from "./prose-sample.ts";
import { readBareCalls } from "./recognisers/bare-calls.ts";
import {
  beginsMarker,
  findRecogniser,
  isCutMarker,
  isMarker,
  mayBeMarker,
} from "./recognisers/find-recogniser.ts";
import { readStrippedHarmony } from "./recognisers/stripped-harmony.ts";
import type { Reading } from "./text-reader.ts";

/** What an opening is glued to where a back end took out the token between them. */
const sentenceEnds = ".!?\u3002\uff01\uff1f";

/**
 * Reads a whole answer: text passes as it comes, except for what can still become a marker; behind a marker a
 * recogniser takes over. Calls without a marker count only where the answer begins. Ends before the end of the text
 * where the model begins to write tool results itself.
 */
export function* scanAnswer(session: CallSession): Reading<void> {
  const { reader, outlet, code } = session;
  let afterSentence = false;
  /** Whether this line has words. */
  let inSentence = false;

  function note(character: string): void {
    const isBlank = character.trim() === "";
    if (character === "\n") inSentence = false;
    else if (!isBlank) inSentence = true;
    if (!isBlank) session.atStart = false;
    const wasStart = session.lineStart && !afterSentence;
    afterSentence = sentenceEnds.includes(character);
    session.lineStart = character === "\n" || afterSentence || (isBlank && wasStart);
  }

  function see(character: string): void {
    code.see(character);
    note(character);
  }

  /** As `see` for each sign, of which only the last line's matter: what was read in vain may be megabytes. */
  function pass(text: string): void {
    code.seeAll(text);
    if (text.trim() !== "") session.atStart = false;
    const line = text.slice(text.lastIndexOf("\n") + 1);
    const words = line.trimEnd();
    if (line.length < text.length) note("\n");
    if (words !== "") note(words.slice(-1));
    if (words.length < line.length) note(" ");
    outlet.text(text);
  }

  function plainLength(): number {
    const { text, at } = reader;
    let end = at;
    if (!session.offersTools && !session.atStart && !session.mayStripHarmony) {
      const next = text.indexOf("<", at);
      end = next === -1 ? text.length : next;
      code.seeAll(text.slice(at, end));
    }
    while (end < text.length) {
      const character = text.charAt(end);
      // Most signs of prose and code begin nothing: one look, and they are text.
      if (
        beginsMarker(character, session) &&
        !code.inCode() &&
        mayBeMarker(session, end - at, session.lineStart)
      )
        break;
      if (
        session.offersTools &&
        session.atStart &&
        (character === "{" || character === "[") &&
        !code.inCode()
      )
        break;
      see(character);
      end += 1;
    }
    return end - at;
  }

  function touchesCall(): boolean {
    return outlet.followsCall || session.leadsTo !== undefined;
  }

  /** Beside a call: the beginning of a marker in which the answer was cut. */
  function isCut(): boolean {
    const { text, at, ended } = reader;
    if (!touchesCall() || !ended || text.length - at >= longestEnd) return false;
    return isCutMarker(text.slice(at)) || (session.leadsTo !== undefined && text.slice(at) === "<");
  }

  /** Before a native call: whether the opening that was read, with the word behind it, ends the text: it began this call. */
  function beginsNative(): boolean {
    return session.leadsTo !== undefined && session.lineStart && endsInWord(reader);
  }

  if (session.mayStripHarmony) {
    reader.record();
    if (!(yield* readStrippedHarmony(session))) pass(reader.recorded());
    reader.forget();
  }
  while (yield* reader.need(1)) {
    if (isCut()) {
      outlet.layout(reader.take(longestEnd));
      return;
    }
    const length = plainLength();
    if (length > 0) {
      outlet.text(reader.take(length));
      continue;
    }
    reader.record();
    const faults = session.faults.length;
    for (;;) {
      const marked = yield* findRecogniser(session, session.lineStart);
      if (marked === undefined && isCut()) {
        outlet.layout(reader.take(longestEnd));
        return;
      }
      const recognise = marked ?? (session.offersTools && session.atStart ? readBareCalls : undefined);
      const result = recognise === undefined ? false : yield* recognise(session);
      if (result === "nested") continue;
      if (inSentence && session.faults.length > faults && (yield* isSample(session))) session.pardon();
      if (!result && marked !== undefined && beginsNative()) {
        outlet.layout(reader.recorded() + reader.take(longestEnd));
      } else if (result) {
        session.lineStart = true;
        afterSentence = false;
      } else {
        if (marked !== undefined) session.openedAsText = true;
        const text = reader.recorded();
        reader.forget();
        // An opening behind a call that nothing follows: the model stopped there. Before one: it began this call.
        if (touchesCall() && isMarker(text.trim()) && !(yield* reader.need(1))) {
          outlet.layout(text);
          break;
        }
        // Something has to be read, or the same place would be looked at for ever.
        pass(text === "" ? reader.take(1) : text);
      }
      break;
    }
    reader.forget();
    if (session.overrun) return;
  }
}
