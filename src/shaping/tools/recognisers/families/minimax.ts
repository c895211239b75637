import type { Recogniser } from "../../call-session.ts";
import { createStops } from "../../text-reader.ts";
import type { Family } from "./family.ts";

const token = "]<]minimax[>[";
const end = `${token}</tool_call>`;
const ends = createStops([end]);

/**
 * Reads over the token that stands before each tag, and has the block that it begins read without: up to its end, or that of
 * the answer.
 */
const readTokenBlock: Recogniser = function* ({ reader }) {
  if (!(yield* reader.sees(["<tool_call>", "<invoke "]))) return false;
  const pieces: string[] = [];
  yield* reader.until(ends, (piece) => void pieces.push(piece));
  pieces.push((yield* reader.accept([end])) ?? "");
  reader.replace(pieces.join("").replaceAll(token, ""));
  return "nested";
};

/** MiniMax M3 where its namespace token is left in the text. */
export const minimax: Family = { openings: [token], recognise: readTokenBlock };
