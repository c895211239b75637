import { expect, test } from "vitest";

import { play, shaperOptions } from "./answer.ts";

const keys = [...Array.from({ length: 300 }, (_, at) => `key${at}`), `k${"x".repeat(80)}`];
const takesAll = {
  name: "take",
  parameters: {
    type: "object",
    properties: Object.fromEntries(keys.map((key) => [key, { type: "string" }])),
  },
};

/** A call with the parameters named by an attribute, which the key itself may close. */
const byAttribute = (key: string, value: string) =>
  `<invoke name="take">\n<parameter name="${key}">${value}</${key}>\n</invoke>`;
/** The same with the key in the tag, whose words are written in any case. */
const byTag = (key: string, value: string, tag: string) =>
  `<function=take>\n<${tag}=${key}>\n${value}\n</${key}>\n</function>`;

test("what was prepared for many keys, in many spellings, is right for each when it comes again", () => {
  for (let round = 0; round < 2; round += 1) {
    for (const [at, key] of keys.entries()) {
      const other = keys[(at + 1) % keys.length] ?? "";
      const value = `a </${other}> b`;
      const tag =
        ["parameter", "Parameter", "PARAMETER", "pArameter", "paRameter", "parAmeter"][at % 6] ?? "";
      for (const text of [byAttribute(key, value), byTag(key, value, tag)]) {
        const { blocks } = play({ pieces: [text] }, shaperOptions({ tools: [takesAll] }));
        expect(blocks).toEqual([{ call: "take", arguments: JSON.stringify({ [key]: value }) }]);
      }
    }
  }
});
