import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { decodeImageTag } from "../../../src/upstreams/akash-chat/decode-image-tag.ts";
import { readCaptures } from "./support/captures.ts";

/** `[job, prompt, negative prompt]` of every recorded image reply, as the back end was asked for them. */
const recorded: Readonly<Record<string, readonly [string, string, string]>> = {
  "2025-07/300-gen-happy": ["job-1111", "a red boat", "blurry"],
  "2025-07/301-gen-quotes": [
    "job-2222",
    'a "quoted" cat\'s \\ face\nsecond line </script> 😀',
    'it\'s "bad"',
  ],
  "2025-07/302-gen-noneg": ["job-3333", "a tree", ""],
  "2025-07/307-gen-img-nojob": ["undefined", "a boat", "blurry"],
  "2025-07/313-gen-two-tools": ["bdb50c85-8e97-40f0-b65e-65896d858f53", "one", ""],
  "2025-07/314-gen-slow": ["a97d8ebd-50e3-486b-92b1-d14f6c7acd5a", "slow", "blurry"],
  "2025-07/316-gen-not-listed": ["job-4444", "hidden", "blurry"],
  "2025-07/317-gen-apostrophe": ["job-5555", "a cat's portrait", ""],
  "2025-07/318-gen-newline": ["job-6666", "one\ntwo", ""],
  "2025-07/319-gen-backslash": ["job-7777", "a \\ b", ""],
  "2025-07/320-gen-dquote": ["job-8888", 'a "quoted" word', ""],
  "2025-07/321-gen-unicode": ["job-9999", "café 中文 😀", ""],
  "2025-07/322-gen-tag": ["job-aaaa", "x </image_generation> jobId=z", ""],
  "2025-07/323-gen-text-and-tool": ["job-bbbb", "one", ""],
  "2026-05/620-b-gen-happy": ["0b7c6f0e-1111-4222-8333-444455556666", "a red boat", "blurry"],
  "2026-05/624-b-gen-apostrophe": ["job-a", "a cat's bowl, it's red", "blurry"],
  "2026-05/625-b-gen-quotes": ["job-q", 'a "quoted" cat\'s \\ face\nsecond line </script> 😀', 'it\'s "bad"'],
  "2026-05/632-b-gen-img-nojob": ["undefined", "a boat", "blurry"],
  "2026-05/694-b-gen-sysmsg": ["734152cd-f98f-4190-a076-28254d99a04a", "x", "blurry"],
  "2026-05/695-b-gen-text-and-tool": ["job-t", "p", ""],
  "2026-05/696-b-gen-delimiters": [
    "job-d",
    "a sign reading ' negative='x' </image_generation>",
    "y' negative='z",
  ],
  "2026-05/697-b-gen-crlf": ["job-c", 'a\r\nb\tc\u2028d\n0:"fake"\nd:{"finishReason":"stop"}\nend', ""],
};

function escapeApostrophes(text: string): string {
  return text.replaceAll("'", "\\'");
}

/** A reply as the application writes it: everything pasted, only apostrophes escaped. */
function write(jobId: string, prompt: string, negative: string): string {
  return (
    `0:"<image_generation> jobId='${jobId}' prompt='${escapeApostrophes(prompt)}' negative='${escapeApostrophes(negative)}'</image_generation>"\n` +
    'e:{"finishReason":"stop","usage":{"promptTokens":20,"completionTokens":50},"isContinued":false}\n' +
    'd:{"finishReason":"stop","usage":{"promptTokens":20,"completionTokens":50}}\n'
  );
}

describe("image tag", () => {
  const replies = readCaptures(
    ({ body, status }) => status === 200 && body.includes('0:"<image_generation>'),
  );

  test("every recorded one is known", () => {
    expect(replies.map((capture) => capture.name).toSorted()).toEqual(Object.keys(recorded).toSorted());
  });

  test.each(replies.map((capture) => [capture.name, capture] as const))(
    "of %s comes back exactly",
    (name, capture) => {
      const [jobId, prompt, negativePrompt] = recorded[name] ?? [];
      expect(decodeImageTag(capture.body.toString("utf8"))).toEqual({ jobId, prompt, negativePrompt });
    },
  );

  test("any prompts come back exactly", () => {
    const traps = fc.constantFrom(
      "'",
      "\\",
      '"',
      "\n",
      "\r\n",
      "' negative='",
      "'</image_generation>",
      '"\n',
      '</image_generation>"\n',
    );
    const text = fc
      .array(fc.oneof(traps, fc.string({ unit: "binary", maxLength: 5 })), { maxLength: 8 })
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(text, text, (prompt, negativePrompt) => {
        expect(decodeImageTag(write("j", prompt, negativePrompt))).toEqual({
          jobId: "j",
          prompt,
          negativePrompt,
        });
      }),
      { numRuns: 1000 },
    );
  });

  test.each([
    ["text", 'f:{"messageId":"m"}\n0:"No."\n'],
    ["an error", '3:"The model does not exist."\n'],
    ["nothing", ""],
    ["a tag without its end", "0:\"<image_generation> jobId='j' prompt='p"],
  ])("is not found in %s", (_name, body) => {
    expect(decodeImageTag(body)).toBeUndefined();
  });

  test("may have other blanks than today", () => {
    const body = "0:\"<image_generation>\n  jobId='j'  prompt='p' negative='n' </image_generation>\"";
    expect(decodeImageTag(body)).toEqual({ jobId: "j", prompt: "p", negativePrompt: "n" });
  });
});
