import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { createToolCallShaper } from "../../../src/shaping/tools/index.ts";
import { callMarkers, lineMarkers } from "../../../src/shaping/tools/recognisers/find-recogniser.ts";
import { answerEvents, play, shaperOptions, tools } from "./answer.ts";

const file = new URL("../../fixtures/tool-calls/look-alikes.txt", import.meta.url);
const samples = readFileSync(file, "utf8").replace(/\n$/, "").split("\n%%\n");

/** Keys and values of a call before its arguments: each is short, and the first that doesn't fit ends the wait. */
const bareCall = /^\[?\s*\{(\s*"[a-z_]*("\s*(:\s*(\{|"[\w-]*("\s*,?)?)?)?)?)*\s*$/;

/**
 * Whether a text that is held back can still become a call: blanks before a marker, the beginning of a marker, or a
 * whole marker with what may stand before its call shows itself.
 */
function canBecomeCall(held: string, atStart: boolean, atLine: boolean): boolean {
  const text = held.trimStart().replaceAll("｜", "|").replaceAll("▁", "_").toLowerCase();
  const markers = [
    ...callMarkers,
    ...tools.map(({ name }) => `<${name}>`),
    ...(atLine ? lineMarkers : []),
  ].map((one) => one.toLowerCase());
  if (text === "" || markers.some((marker) => marker.startsWith(text))) return true;
  const marker = markers.findLast((one) => text.startsWith(one));
  if (marker !== undefined) {
    const rest = text.slice(marker.length).trimStart();
    if (
      bareCall.test(rest) ||
      /^(<\w+>)?[\w-]*\(?(<[^<>]*>?)?( |(?<=>) \w+)?$/.test(rest) ||
      /^[[{]\s*[a-z]*["' ]?$/.test(rest)
    )
      return true;
    if (/[ =(/]$/.test(marker)) return /^[^<>\n]*>?\s*(<[^>]*)?$/.test(rest);
    // A name, and perhaps a key of its tool.
    return /^[\w.:/-]+(\s*[a-z_]*)(\s*=?|<[^<>]*>?)$/.test(rest);
  }
  if (!atStart) return false;
  const name = /^\[\s*([\w.-]*)$/.exec(text)?.[1];
  if (name !== undefined) return tools.some((tool) => tool.name.startsWith(name));
  return bareCall.test(text);
}

test("there are at least 200 samples", () => {
  expect(new Set(samples).size).toBeGreaterThanOrEqual(200);
});

describe.each(["stream", "whole"] as const)("look-alikes, arguments mode %s", (argumentsMode) => {
  test.each(samples.map((text) => [text]))("%j passes unchanged and without delay", (text) => {
    const options = shaperOptions({}, { argumentsMode });
    expect(play({ pieces: [text] }, options)).toEqual({ blocks: [{ text }], finish: "stop" });

    const shaper = createToolCallShaper(options);
    let pushed = "";
    let out = "";
    for (const event of answerEvents({ pieces: text.split("") })) {
      if (event.type === "block-delta") pushed += event.text;
      for (const given of shaper.push(event)) if (given.type === "block-delta") out += given.text;
      const held = pushed.slice(out.length);
      expect(pushed.startsWith(out)).toBe(true);
      // Half a character can't be given out.
      const whole = /[\ud800-\udbff]$/.test(held) ? held.slice(0, -1) : held;
      if (!canBecomeCall(whole, out === "", /(?:(?:^|\n)[ \t]*|[.!?])$/.test(out + /^\s*/.exec(whole)?.[0])))
        expect.fail(`holds back ${JSON.stringify(held)}`);
    }
    expect(out).toBe(text);
    expect(shaper.problem).toBeUndefined();
  });
});
