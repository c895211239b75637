/** Makes one text of the texts of an answer, for APIs in which a message has but one. */
export interface TextJoiner {
  /** A call stands here: text on both of its sides is not to be glued together. */
  part(): void;
  /** A piece of text as it is to be given; what was parted has a line break between. */
  push(text: string): string;
}

/** Creates the joiner of one answer. */
export function createTextJoiner(): TextJoiner {
  let before: "nothing" | "text" | "text-and-call" = "nothing";
  return {
    part() {
      if (before === "text") before = "text-and-call";
    },
    push(text) {
      if (text === "") return text;
      const parted = before === "text-and-call";
      before = "text";
      return parted ? `\n${text}` : text;
    },
  };
}
