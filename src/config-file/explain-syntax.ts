import type { ErrorCode } from "yaml";

/**
 * What a mistake in YAML's syntax means, and how to mend it. The library's own messages are not used: they quote the
 * file, and what they quote may be a key.
 */
const texts: Readonly<Partial<Record<ErrorCode, string>>> = {
  BAD_ALIAS: "This *alias has no name, or one with characters that YAML does not allow.",
  ALIAS_PROPS: "An *alias can have neither a tag nor an &anchor of its own.",
  BAD_DQ_ESCAPE: "This \\ begins no escape that YAML knows. Write \\\\, or put the text into single quotes.",
  BAD_INDENT:
    "This is indented otherwise than what it belongs to, or a [ or { above is not closed. Entries of one map or list begin in the same column.",
  BAD_SCALAR_START: "A text can't begin with this character. Put quotes around it.",
  BLOCK_AS_IMPLICIT_KEY:
    'A second ": " on this line. Put quotes around a text that has ": " in it, or begin the inner map on a line of its own.',
  BLOCK_IN_FLOW: "Within [ ] and { }, entries are separated by commas, not by lines with - or indentation.",
  DUPLICATE_KEY: "This key stands here a second time. Keep one of them.",
  MISSING_CHAR: "A quote, bracket, comma or blank is missing here.",
  MULTILINE_IMPLICIT_KEY: 'A line without ": ". Write key: value.',
  MULTIPLE_ANCHORS: "Only one &anchor can stand here.",
  MULTIPLE_DOCS: "A second document begins here (---). Keep one in this file.",
  RESOURCE_EXHAUSTION: "This is nested too deeply.",
  TAB_AS_INDENT: "A tab. Indent with blanks.",
  TAG_RESOLVE_FAILED: "YAML tags (!name) mean nothing here. Write a plain value, or ${file:…} for a secret.",
  UNEXPECTED_TOKEN:
    "This can't stand here. Perhaps quotes are missing around a text, or a bracket or quote before it.",
};

/** Tells a mistake by its code, in whole sentences. */
export function explainSyntax(code: ErrorCode): string {
  return texts[code] ?? `This is no YAML (${code.toLowerCase().replaceAll("_", " ")}).`;
}
