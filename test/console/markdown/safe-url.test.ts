import { expect, test } from "vitest";

import { toLink, toPicture } from "../../../src/console/domain/markdown/safe-url.ts";
import { showControls } from "../../../src/console/domain/markdown/show-controls.ts";

test.each([
  ["https://x.y/z", "https://x.y/z"],
  ["HTTP://x.y", "http://x.y/"],
  ["mailto:a@b.c", "mailto:a@b.c"],
  ["javascript:alert(1)", undefined],
  ["JaVaScRiPt:alert(1)", undefined],
  ["java\nscript:alert(1)", undefined],
  [" javascript:alert(1)", undefined],
  ["data:text/html,<script>", undefined],
  ["vbscript:x", undefined],
  ["blob:https://x.y/1", undefined],
  ["//x.y", undefined],
  ["/admin/v1/keys", undefined],
  ["#/keys", undefined],
  ["https://", undefined],
])("a link to %j", (url, link) => expect(toLink(url)).toBe(link));

const gateway = "http://localhost:16571/";
test.each([
  ["data:image/png;base64,AAAA", "data:image/png;base64,AAAA"],
  ["data:image/svg+xml;base64,AAAA", undefined],
  ["data:text/html;base64,AAAA", undefined],
  [
    "http://localhost:16571/v1/images/files/a.webp?sig=1",
    "http://localhost:16571/v1/images/files/a.webp?sig=1",
  ],
  [
    "https://ai.example/gw/v1/images/files/a.webp?sig=1",
    "http://localhost:16571/v1/images/files/a.webp?sig=1",
  ],
  ["https://spy.example/pixel.png?q=secret", undefined],
  ["https://spy.example/v1/images/files/a.webp", undefined],
  ["/v1/usage", undefined],
  ["javascript:alert(1)//v1/images/files/?sig=", undefined],
])("a picture at %j", (url, source) => expect(toPicture(url, gateway)).toBe(source));

test("a gateway behind a path shows its pictures from there", () => {
  expect(toPicture("https://other/v1/images/files/a.webp?sig=1", "https://x.y/gw/")).toBe(
    "https://x.y/gw/v1/images/files/a.webp?sig=1",
  );
});

test("what can't be seen is written out", () => {
  expect(showControls("a\u202Eb\u2066c\u0000\td\n\u200Be")).toBe("a⟨U+202E⟩b⟨U+2066⟩c⟨U+0000⟩\td\n⟨U+200B⟩e");
});
