/** What must not happen: another's words in an answer, an answer that never ends, or one that no API allows. */
export class SoakFailure extends Error {
  override readonly name = "SoakFailure";
  readonly kind: "crosstalk" | "hang" | "illegal";

  constructor(kind: SoakFailure["kind"], message: string) {
    super(message);
    this.kind = kind;
  }
}
