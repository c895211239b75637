import { describe, expect, test } from "vitest";

import type { Block, Inline } from "../../../src/console/domain/markdown/nodes.ts";
import { createMarkdownReader, parseMarkdown } from "../../../src/console/domain/markdown/parse-markdown.ts";

/** One line that tells the tree. */
function show(blocks: readonly Block[]): string {
  return blocks.map(showBlock).join(" ");
}

function showBlock(block: Block): string {
  if (block.kind === "paragraph") return `p(${block.children.map(showInline).join("")})`;
  if (block.kind === "heading") return `h${block.level}(${block.children.map(showInline).join("")})`;
  if (block.kind === "code") return `${block.isOpen ? "open-" : ""}code:${block.language}(${block.text})`;
  if (block.kind === "quote") return `q(${show(block.children)})`;
  if (block.kind === "list")
    return `${block.start === undefined ? "ul" : `ol${block.start}`}(${block.items.map(show).join("|")})`;
  if (block.kind === "table") {
    const rows = [block.head, ...block.rows].map((row) =>
      row.map((cell) => cell.map(showInline).join("")).join(","),
    );
    return `table:${block.aligns.map((align) => align ?? "-").join(",")}(${rows.join("|")})`;
  }
  return "hr";
}

function showInline(inline: Inline): string {
  if (inline.kind === "text") return inline.text;
  if (inline.kind === "break") return "⏎";
  if (inline.kind === "code") return `<${inline.text}>`;
  if (inline.kind === "image") return `img[${inline.alt}](${inline.url})`;
  const inner = inline.children.map(showInline).join("");
  return inline.kind === "link" ? `a[${inner}](${inline.url})` : `${inline.kind}[${inner}]`;
}

describe("running text", () => {
  test.each([
    ["plain", "p(plain)"],
    ["about **11 mm of rain** and", "p(about strong[11 mm of rain] and)"],
    ["*a* _b_ ***c*** ~~d~~", "p(em[a] em[b] em[strong[c]] del[d])"],
    ["**a *b* c**", "p(strong[a em[b] c])"],
    ["snake_case_name and 2 * 3 * 4", "p(snake_case_name and 2 * 3 * 4)"],
    ["**not closed", "p(**not closed)"],
    ["a **b", "p(a **b)"],
    ["`a * b` and `` c`d ``", "p(<a * b> and <c`d>)"],
    ["``` not closed `x` ``", "p(``` not closed <x> ``)"],
    [String.raw`\*not\* \[x\]`, "p(*not* [x])"],
    ["[a **b**](https://x.y/z)", "p(a[a strong[b]](https://x.y/z))"],
    ["[a](https://x.y/q_(z)) b", "p(a[a](https://x.y/q_(z)) b)"],
    ['[a](https://x.y "title") b', "p(a[a](https://x.y) b)"],
    ["[a] (b) [c", "p([a] (b) [c)"],
    ["![a [b] c](data:image/png;base64,AA==)", "p(img[a [b] c](data:image/png;base64,AA==))"],
    [
      "see https://x.y/a_b. And (https://x.y/c).",
      "p(see a[https://x.y/a_b](https://x.y/a_b). And (a[https://x.y/c](https://x.y/c)).)",
    ],
    ["line\nline", "p(line⏎line)"],
    ["<b>x</b> <img src=x onerror=alert(1)>", "p(<b>x</b> <img src=x onerror=alert(1)>)"],
    ["<https://x.y>", "p(<a[https://x.y](https://x.y)>)"],
  ])("%j", (text, tree) => expect(show(parseMarkdown(text))).toBe(tree));
});

describe("blocks", () => {
  test.each([
    ["# One\ntext\n### Three ##", "h1(One) p(text) h3(Three)"],
    ["#hashtag", "p(#hashtag)"],
    ["```sql\nSELECT 1;\n```\nafter", "code:sql(SELECT 1;) p(after)"],
    ["```js\nconst a = `", "open-code:js(const a = `)"],
    ["~~~\n```\n~~~", "code:(```)"],
    ["````\n```\n````", "code:(```)"],
    ["- a\n- b\n  - c\n- d", "ul(p(a)|p(b) ul(p(c))|p(d))"],
    ["1. a\n2. b\n\n   more", "ol1(p(a)|p(b) p(more))"],
    ["3) a\n   - b", "ol3(p(a) ul(p(b)))"],
    ["1. **A**\n   ```sh\n   ls\n   ```\n2. B", "ol1(p(strong[A]) code:sh(ls)|p(B))"],
    ["- a\n\ntext", "ul(p(a)) p(text)"],
    ["- a\ngoes on", "ul(p(a⏎goes on))"],
    ["text\n- a", "p(text) ul(p(a))"],
    ["* a\n- b", "ul(p(a)) ul(p(b))"],
    ["> a\n> > b\n\nc", "q(p(a) q(p(b))) p(c)"],
    ["a\n\n---\n\nb", "p(a) hr p(b)"],
    ["| a | b |\n|---|--:|\n| 1 | `x\\|y` |\n| 2 |", "table:-,right(a,b|1,<x|y>|2)"],
    ["a | b", "p(a | b)"],
    ["", ""],
  ])("%j", (text, tree) => expect(show(parseMarkdown(text))).toBe(tree));
});

const grown = [
  "a\n-",
  "\n\n- b\n\n  c\n* d\n\n",
  "e | f\n-",
  "--|--\n1 | 2\n3\r",
  "\n\n```js\nx\n\n\n``",
  "`\n> q\n> r\ns\n\n===\n# t\n\n\tu\n1. v\n2. w\n",
  "\n\n   x\ny\n~~~\n# z\n\n- no\n",
].join("");

test("a text that grows is read at each length as it is read whole, and what is settled only once", () => {
  const read = createMarkdownReader();
  for (let length = 0; length <= grown.length; length += 1) {
    const text = grown.slice(0, length);
    expect(read(text)).toEqual(parseMarkdown(text));
  }
  const [first] = read(grown);
  expect(read(`${grown}more`)[0]).toBe(first);
  expect(read("another")).toEqual(parseMarkdown("another"));
});

const count = 50_000;
test.each([
  ["brackets", "[".repeat(count)],
  ["targets", "[](".repeat(count)],
  ["closing targets", "](".repeat(count)],
  ["stars", "*a ".repeat(count)],
  ["closing stars", "a* ".repeat(count)],
  ["backquotes of all lengths", Array.from({ length: 400 }, (_, n) => "`".repeat(n + 1)).join(" ")],
  ["quotes", ">".repeat(count)],
  ["lists", `${"- ".repeat(count)}x`],
  ["dashes of a table", `a|b\n${"-".repeat(count)}|${"-".repeat(count)}x`],
  ["tildes", `${"~".repeat(count)}\``],
  ["title marks", `# ${" #".repeat(count)}x`],
  ["indented lines", `${"  ".repeat(200)}- x\n`.repeat(500)],
  ["addresses", "http://".repeat(count)],
  ["full stops in addresses", `http://${".".repeat(1990)}x `.repeat(5000)],
  ["short rows below a wide head", `${"|a".repeat(5000)}\n${"|-".repeat(5000)}\n${"|\n".repeat(count)}`],
  // What looks at characters again and again would take minutes here: the time-out of tests is what fails.
])("a hostile text keeps nobody waiting: %s", (_name, text) => {
  expect(show(parseMarkdown(text))).not.toBe("");
});
