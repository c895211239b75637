import { describe, expect, test } from "vitest";

import {
  shortClient,
  writeAmount,
  writeAxis,
  writeMoney,
  writePercent,
  writePrice,
  writeSeconds,
} from "../../src/console/domain/figures.ts";
import { findTop } from "../../src/console/domain/scale.ts";

describe("figures", () => {
  test.each([
    [0, "0"],
    [9870, "9,870"],
    [41_230, "41.2 k"],
    [152_000, "152 k"],
    [3_020_000, "3.02 M"],
    [31_000_000, "31.0 M"],
    [4_200_000_000, "4.20 B"],
  ])("%d tokens: %s", (value, text) => {
    expect(writeAmount(value, "en")).toBe(text);
  });

  test.each([
    [0, "0.00 s"],
    [1210, "1.21 s"],
    [9996, "10.0 s"],
    [12_430, "12.4 s"],
    [213_000, "213 s"],
  ])("%d ms: %s", (ms, text) => {
    expect(writeSeconds(ms)).toBe(text);
  });

  test.each([
    [0, "$0.00"],
    [0.0042, "$0.0042"],
    [0.031, "$0.031"],
    [0.62, "$0.62"],
    [4.381, "$4.38"],
    [1204.4, "$1,204"],
  ])("%d dollars: %s", (usd, text) => {
    expect(writeMoney(usd, "en")).toBe(text);
  });

  test.each([
    ["0.00000027", "0.27"],
    ["0.0000009", "0.90"],
    ["0", "0"],
    ["0.00000000375", "0.0037"],
    ["0.000015", "15.00"],
  ])("%s a token: %s a million", (price, text) => {
    expect(writePrice(price)).toBe(text);
  });

  test.each([
    [0, "0 %"],
    [0.0005, "< 0.1 %"],
    [0.027, "2.7 %"],
    [0.62, "62 %"],
    [1.04, "104 %"],
  ])("a share of %d: %s", (share, text) => {
    expect(writePercent(share)).toBe(text);
  });

  test.each([
    [0, "0"],
    [20, "20"],
    [1500, "1.5k"],
    [200_000, "200k"],
    [1_500_000, "1.5M"],
    [0.5, "0.5"],
  ])("on an axis, %d: %s", (value, text) => {
    expect(writeAxis(value)).toBe(text);
  });

  test.each([
    ["claude-cli/2.1.332 (external, cli)", "claude-cli"],
    ["OpenAI/JS 7.0", "OpenAI"],
    ["curl", "curl"],
    ["Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox"],
    [
      "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0",
      "Edge",
    ],
    [
      "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/140.0 Safari/537.36",
      "Chrome",
    ],
    [
      "Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15",
      "Safari",
    ],
    ["Mozilla/5.0 (compatible; bot)", "Mozilla"],
    ["", ""],
  ])("the client %j: %j", (agent, text) => {
    expect(shortClient(agent)).toBe(text);
  });
});

test.each([
  [0, 1],
  [Number.NaN, 1],
  [1, 1],
  [3, 3],
  [7, 8],
  [37, 40],
  [41, 50],
  [131_000, 200_000],
  [0.07, 0.08],
  [1000, 1000],
])("the top of an axis for %d is %d", (value, top) => {
  expect(findTop(value)).toBe(top);
});
