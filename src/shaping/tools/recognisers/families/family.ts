import type { Recogniser } from "../../call-session.ts";

/** How a family of models writes calls. */
export interface Family {
  /** What its calls begin with, as `TextReader.accept` compares it. */
  readonly openings: readonly string[];
  /** `line`: prose has the openings, too; they begin calls only where a line begins, or right behind a call. */
  readonly place?: "line";
  readonly recognise: Recogniser;
}
