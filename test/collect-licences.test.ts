import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";

import { collectLicences, packageFolder } from "../scripts/collect-licences.js";

const place = mkdtempSync(join(tmpdir(), "licences-"));
afterAll(() => rmSync(place, { recursive: true }));
let packages = 0;

function makePackage(
  license: unknown,
  files: Readonly<Record<string, string>> = { LICENSE: "Do what you like.\r\n" },
) {
  packages += 1;
  const folder = join(place, String(packages));
  mkdirSync(folder);
  const description = { name: `p${packages}`, version: "1.2.3", license, author: "Ann <ann@example.com>" };
  for (const [name, text] of Object.entries({ "package.json": JSON.stringify(description), ...files }))
    writeFileSync(join(folder, name), text);
  return folder;
}

describe("the terms of what is bundled", () => {
  test("are the packages' own words, with notices, in an order that each build has", () => {
    const first = makePackage("MIT");
    const second = makePackage("(GPL-2.0-only OR Apache-2.0)", {
      "LICENSE.md": "Apache",
      NOTICE: "By B",
      "x.js": "code",
    });
    const text = collectLicences([second, first]);
    expect(text).toContain("p1 1.2.3 (MIT)\n==============\n\nDo what you like.\n\n\np2");
    expect(text).toMatch(/=\n\nApache\n\nBy B\n$/);
    expect(collectLicences([first, second])).toBe(text);
  });

  test("are those of the readme where a package has no file of them", () => {
    const folder = makePackage("MIT", {
      "Readme.md": "# It\n\n## License\n\n[MIT](http://mit.example)\n\n## More\n",
    });
    expect(collectLicences([folder])).toContain(
      "\n\nBy Ann <ann@example.com>\n\n[MIT](http://mit.example)\n",
    );
  });

  test.each([
    "GPL-2.0-only",
    "SEE LICENSE IN x",
    "UNLICENSED",
    "MIT AND GPL-2.0-only",
    undefined,
    { type: "MIT" },
  ])("stop the build when AGPL-3.0 can't take them: %j", (license) => {
    expect(() => collectLicences([makePackage(license)])).toThrow(/p\d+ 1\.2\.3 .*AGPL-3\.0/);
  });

  test("stop the build when a package does not tell them", () => {
    expect(() => collectLicences([makePackage("MIT", { "README.md": "# It\n" })])).toThrow(/does not bring/);
  });
});

test.each([
  ["/a/node_modules/b/lib/c.js", "/a/node_modules/b"],
  ["/a/node_modules/@s/b/c.js", "/a/node_modules/@s/b"],
  ["/a/node_modules/b/node_modules/c/d.js", "/a/node_modules/b/node_modules/c"],
  ["C:\\a\\node_modules\\b\\c.js", "C:\\a\\node_modules\\b"],
  ["/a/dist/main.js", undefined],
])("the package of %s is %s", (file, folder) => {
  expect(packageFolder(file)).toBe(folder);
});
