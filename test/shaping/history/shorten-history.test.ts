import { array, assert, property, string } from "fast-check";
import { describe, expect, test } from "vitest";

import type { ImagePart, Message } from "../../../src/model/request.ts";
import { shortenHistory } from "../../../src/shaping/history/shorten-history.ts";

const user: Message = { role: "user", parts: [{ type: "text", text: "Mend it. ".repeat(100) }] };
const picture: ImagePart = { type: "image", source: { kind: "data", mediaType: "image/png", base64: "aa" } };
const lines = (count: number, word = "line") =>
  Array.from({ length: count }, (_, at) => `${word} ${at + 1}`).join("\n");

/** A turn that calls a tool, and its results. */
function turn(texts: readonly string[], name = "Read", extra: readonly ImagePart[] = []): Message[] {
  const ids = texts.map((_, at) => `${name}-${at}-${texts.join("").length}-${Math.min(texts.length, 9)}`);
  return [
    {
      role: "assistant",
      parts: [
        { type: "text", text: "I look. ".repeat(100) },
        ...ids.map(
          (callId) => ({ type: "tool-call", callId, name, arguments: `{"a":"${"b".repeat(900)}"}` }) as const,
        ),
      ],
    },
    {
      role: "tool",
      parts: texts.map((text, at) => ({
        type: "tool-result",
        callId: ids[at] ?? "",
        content: [{ type: "text", text }, ...extra],
        isError: false,
      })),
    },
  ];
}

/** Texts of the results, one list a message. */
function resultsOf(messages: readonly Message[]): readonly (readonly string[])[] {
  return messages.flatMap((message) =>
    message.role === "tool"
      ? [
          message.parts.map(({ content }) =>
            content.map((part) => (part.type === "text" ? part.text : "[picture]")).join("|"),
          ),
        ]
      : [],
  );
}

const recent = [...turn(["x"]), ...turn(["y"]), ...turn(["z"])];
const shortened = (text: string) => resultsOf(shortenHistory([user, ...turn([text]), ...recent]))[0]?.[0];

describe("an old result", () => {
  test.each([
    ["is left as it is when it is short", lines(20), lines(20)],
    [
      "keeps its first and last lines",
      lines(300),
      `${lines(8)}\n[… 288 lines of this old result left out to save space. Call the tool again if you need them. …]\nline 297\nline 298\nline 299\nline 300`,
    ],
    [
      "of one line keeps its ends",
      `${"a".repeat(5000)}${"b".repeat(5000)}`,
      `${"a".repeat(500)}\n[… 9250 characters of this old result left out to save space. Call the tool again if you need them. …]\n${"b".repeat(250)}`,
    ],
    [
      "of few long lines keeps what fits",
      lines(4, "w".repeat(400)),
      expect.stringMatching(/^w{400} 1\n\[… .* …\]\nw{248} 4$/),
    ],
    [
      "ends with words, not with blank lines",
      `${lines(300)}\n\n\n`,
      expect.stringMatching(/line 299\nline 300\s*$/),
    ],
  ])("%s", (_, text, expected) => {
    expect(shortened(text)).toEqual(expected);
  });

  test("is never cut inside a character", () => {
    expect(shortened("😀".repeat(2000))).not.toMatch(
      /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/,
    );
  });

  test("keeps its pictures", () => {
    const [texts] = resultsOf(shortenHistory([user, ...turn([lines(300)], "Shot", [picture]), ...recent]));
    expect(texts?.[0]).toMatch(/left out.*\|\[picture\]$/s);
  });
});

test("what is read twice is sent once, where it was read last", () => {
  const file = lines(100);
  const talk = [user, ...turn([file]), ...turn([file], "Cat"), ...turn([file]), ...recent];
  const [first, cat, last] = resultsOf(shortenHistory(talk)).map(([text]) => text);
  expect(first).toBe(
    "[Left out to save space: it was the same as a later result in this conversation. See there.]",
  );
  // Of another tool it is another result.
  expect(cat).toContain("lines of this old result");
  expect(last).toContain("line 100");
  const again = [user, ...turn([file]), ...turn(["x"]), ...turn(["y"]), ...turn([file])];
  expect(resultsOf(shortenHistory(again)).map(([text = ""]) => text.length)).toEqual([92, 1, 1, file.length]);
});

describe("what stays", () => {
  const long = lines(500);

  test("is every result of the last three turns with calls, however many, and all words", () => {
    const talk = [
      user,
      ...turn([long, long]),
      ...turn([long, long]),
      user,
      ...turn([long, "a"]),
      ...turn([long, long, long]),
      user,
    ];
    const { length } = talk;
    const after = shortenHistory(talk);
    expect(after).toHaveLength(length);
    expect(after.slice(3)).toEqual(talk.slice(3));
    expect(after.filter(({ role }) => role !== "tool")).toEqual(talk.filter(({ role }) => role !== "tool"));
    expect(resultsOf(after)[0]).not.toEqual(resultsOf(talk)[0]);
  });

  test("is the same object when nothing is old", () => {
    const talk = [user, ...turn([long]), ...turn([long]), ...turn([long])];
    expect(shortenHistory(talk)).toBe(talk);
    expect(shortenHistory([user])).toEqual([user]);
  });
});

test("no result becomes longer, and a second time changes nothing", () => {
  assert(
    property(
      array(array(string({ maxLength: 3000, unit: "binary" }), { maxLength: 3 }), { maxLength: 8 }),
      (turns) => {
        const talk = [user, ...turns.flatMap((texts) => turn(texts))];
        const once = shortenHistory(talk);
        const before = resultsOf(talk).flat();
        for (const [at, text] of resultsOf(once).flat().entries())
          expect(text.length).toBeLessThanOrEqual(before[at]?.length ?? 0);
        expect(shortenHistory(once)).toEqual(once);
      },
    ),
    { numRuns: 200 },
  );
});
