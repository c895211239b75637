import { expect, test } from "vitest";
import { encodeCsv } from "../../src/server/admin/encode-csv.ts";

test.each([
  { name: "a text", value: "DeepSeek-V3.2", cell: "DeepSeek-V3.2" },
  { name: "nothing", value: null, cell: "" },
  { name: "a comma", value: "a,b", cell: '"a,b"' },
  { name: "quotes", value: 'say "hi"', cell: '"say ""hi"""' },
  { name: "a line break", value: "a\r\nb", cell: '"a\r\nb"' },
  { name: "a flag", value: false, cell: "false" },
  { name: "zero", value: 0, cell: "0" },
  { name: "a large number", value: 1_099_511_627_776, cell: "1099511627776" },
  { name: "a tiny one", value: 1e-9, cell: "0.000000001" },
  { name: "a price", value: 0.00027, cell: "0.00027" },
  { name: "a number without noise", value: 0.1 + 0.2, cell: "0.3" },
  { name: "a formula", value: "=1+1", cell: "'=1+1" },
  { name: "a call", value: '=HYPERLINK("http://x","y")', cell: `"'=HYPERLINK(""http://x"",""y"")"` },
  { name: "a plus", value: "+1", cell: "'+1" },
  { name: "a minus", value: "-1", cell: "'-1" },
  { name: "an at", value: "@SUM(1)", cell: "'@SUM(1)" },
  { name: "blanks before it", value: " \t=1", cell: `"' \t=1"` },
  { name: "a break before it", value: "\n=1", cell: `"'\n=1"` },
  { name: "a wide one", value: "＝1", cell: "'＝1" },
])("$name", ({ value, cell }) => {
  expect(encodeCsv(["x"], [{ x: value }])).toBe(`x\r\n${cell}\r\n`);
});

test("columns stand in their order, what a row lacks is empty", () => {
  expect(encodeCsv(["b", "a"], [{ a: 1, b: 2, c: 3 }, { a: 4 }])).toBe("b,a\r\n2,1\r\n,4\r\n");
  expect(encodeCsv(["b", "a"], [])).toBe("b,a\r\n");
});
