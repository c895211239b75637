import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";

import { packageFolder } from "../../scripts/collect-licences.js";
import { tryProgram } from "../../scripts/try-program.ts";
import { describeGateway } from "../../src/server/openapi/describe-gateway.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const isBundled = (name: string) =>
  dirname(name) === "chunks" || ["cli/run-cli.js", "cli/workers/run-worker.js"].includes(name);

/** The pages for browsers are bundles of their own. */
const isProgram = (name: string) => !/^(?:console|reference)\//.test(name);

/** Builds into a folder that goes with the tests of the block. */
function useBuild(flags: readonly string[]) {
  const folder = mkdtempSync(join(tmpdir(), "build-"));
  const built: string[] = [];
  beforeAll(() => {
    copyFileSync(join(root, "package.json"), join(folder, "package.json"));
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
    const script = join(root, "scripts/build.js");
    const options = { encoding: "utf8" as const };
    const result = spawnSync(process.execPath, [script, ...flags, "--out", join(folder, "dist")], options);
    expect(result).toMatchObject({ status: 0, stdout: "", stderr: "" });
    const names = readdirSync(join(folder, "dist"), { recursive: true, encoding: "utf8" });
    built.push(...names.map((name) => name.replaceAll("\\", "/")));
    // Of a busy machine.
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true }));
  const read = (name: string) => readFileSync(join(folder, "dist", name), "utf8");
  return { folder, built, read };
}

/** What a built file imports, at once or later. */
function importsOf(code: string) {
  const found = code.matchAll(
    /^(?:import|export)\s(?:[^;"]*?\sfrom\s)?"([^"]+)";$|\bimport\("([^"]+)"\)|\b__require\("([^"]+)"\)/gm,
  );
  return [...found].map(([, fixed, dynamic, required]) => ({
    target: fixed ?? dynamic ?? required ?? "",
    isFixed: fixed !== undefined,
  }));
}

const isBuilt = (name: string) => name.endsWith(".js") && dirname(name) !== "chunks" && isProgram(name);

function testEveryFile({ folder, built, read }: ReturnType<typeof useBuild>): void {
  test("has every file", () => {
    const source = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" });
    expect(built.filter(isBuilt).sort()).toEqual(
      source
        .map((name) => name.replaceAll("\\", "/"))
        .filter((name) => name.endsWith(".ts") && isProgram(name))
        .map((name) => name.replace(/\.ts$/, ".js"))
        .sort(),
    );
  });

  test("has the console, each file with its compressed forms, and the notices of what is in it", () => {
    const files = built.filter((name) => /^console[\\/].*\.(?:html|js|css)$/.test(name));
    expect(files.length).toBeGreaterThan(2);
    for (const file of files) expect(built).toEqual(expect.arrayContaining([`${file}.br`, `${file}.gz`]));
    const notices = read("console/THIRD-PARTY-LICENSES.md");
    for (const name of ["preact", "@preact/signals", "uplot"]) expect(notices).toContain(`## ${name} - `);
  });

  test("has the document of all routes, as a gateway from its source makes it", () => {
    expect(JSON.parse(read("openapi.json"))).toEqual(JSON.parse(JSON.stringify(describeGateway())));
  });

  test("has the page of the reference, likewise", () => {
    const page = read("reference/index.html");
    const linked = [...page.matchAll(/"\.\/(assets\/[^"]+)"/g)].map(([, name = ""]) => `reference/${name}`);
    expect(linked).toHaveLength(4);
    for (const file of ["reference/index.html", ...linked])
      expect(built).toEqual(expect.arrayContaining([file, `${file}.br`, `${file}.gz`]));
    const notices = read("reference/THIRD-PARTY-LICENSES.txt");
    for (const words of ["swagger-ui-dist", "SmartBear", "Apache License", "MIT License"])
      expect(notices).toContain(words);
  });

  test("imports only files that are there", () => {
    const missing = built
      .filter((name) => name.endsWith(".js") && isProgram(name))
      .flatMap((name) =>
        importsOf(read(name))
          .filter(({ target }) => target.startsWith("."))
          .filter(({ target }) => !existsSync(join(folder, "dist", dirname(name), target)))
          .map(({ target }) => `${name}: ${target}`),
      );
    expect(missing).toEqual([]);
  });

  test("answers, streams and draws on this Node", async () => {
    expect(await tryProgram(process.execPath, join(folder, "dist/main.js"))).toContain("without a warning");
  });
}

/** What `npm ci --omit=dev` builds: no compiler is there, so types are only cut out. */
describe("the build without development dependencies", () => {
  const build = useBuild(["--strip"]);
  testEveryFile(build);

  test("is a bundle, too", () => {
    expect(build.built).toContain("chunks/serve.js");
  });
});

describe("the build", () => {
  const build = useBuild([]);
  const { folder, built, read } = build;
  const bundle = () => built.filter((name) => name.endsWith(".js") && isBundled(name));
  /** The modules that a file of the bundle was made of, as its comments name them. */
  const modulesOf = (name: string) =>
    [...read(name).matchAll(/^\s*\/\/ (?:\S*?\/)?((?:dist|node_modules)\/\S+\.[cm]?js)$/gm)].map(
      ([, module = ""]) => module,
    );
  testEveryFile(build);

  test("has the types of the library", () => {
    expect(built).toContain("index.d.ts");
  });

  test("has a bundle that loads nothing of ours that is not bundled", () => {
    const own = bundle().flatMap((name) =>
      importsOf(read(name))
        .filter(({ target }) => target.startsWith("."))
        .map(({ target }) => posix.join(dirname(name), target)),
    );
    expect(own).toContain("chunks/serve.js");
    expect(own.filter((name) => !isBundled(name))).toEqual([]);
  });

  test("has each module once, so that what one part throws another one knows", () => {
    const modules = bundle().flatMap(modulesOf);
    expect(modules).toContain("dist/errors.js");
    expect(modules.filter((name, index) => modules.indexOf(name) !== index)).toEqual([]);
  });

  test("leaves only packages that every installation has beside it", () => {
    const { dependencies } = z
      .object({ dependencies: z.record(z.string(), z.string()) })
      .parse(JSON.parse(readFileSync(join(root, "package.json"), "utf8")));
    const packages = bundle()
      .flatMap((name) => importsOf(read(name)))
      .filter(({ target, isFixed }) => isFixed && !/^(?:\.|node:)/.test(target))
      .map(({ target }) => /^(?:@[^/]+\/)?[^/]+/.exec(target)?.[0]);
    expect(packages).toContain("pg");
    expect(packages.filter((name) => name === undefined || !(name in dependencies))).toEqual([]);
  });

  test("reads at the start of a gateway no package, and nothing that comes later", () => {
    const needed = new Set(["cli/run-cli.js", "chunks/serve.js"]);
    const targets: string[] = [];
    // A set goes on with what is added on the way.
    for (const name of needed) {
      for (const { target, isFixed } of importsOf(read(name))) {
        if (!isFixed) continue;
        if (target.startsWith(".")) needed.add(posix.join(dirname(name), target));
        else targets.push(target);
      }
    }
    expect(targets.filter((target) => !target.startsWith("node:"))).toEqual([]);
    const modules = [...needed].flatMap(modulesOf);
    expect(modules).toEqual(expect.arrayContaining(["dist/gateway.js", "node_modules/fastify/fastify.js"]));
    const late =
      /^dist\/(?:simulator|openapi\/(?!wire-form)|server\/openapi\/describe|(?:dialects|server)\/.*[/-]reference\.js|store\/postgres|pretty\/create-pretty-writer)|^node_modules\/(?:ajv|light-my-request|prom-client|yaml)\//;
    expect(modules.filter((name) => late.test(name))).toEqual([]);
  });

  test("finds its other files from the bundle", () => {
    const places = bundle().flatMap((name) =>
      [...read(name).matchAll(/new URL\("(\.[^"]+)", import\.meta\.url\)\.href/g)].map(([, target = ""]) =>
        posix.join(dirname(name), target),
      ),
    );
    expect(places).toContain("store/sqlite/database-thread.js");
    expect(places.filter((place) => !built.includes(place))).toEqual([]);
    expect(bundle().filter((name) => read(name).includes("fromDist("))).toEqual([]);
  });

  test("says of each package in the bundle under which terms it is there", () => {
    const terms = read("THIRD-PARTY-LICENSES.txt");
    const modules = bundle().flatMap(modulesOf);
    const folders = new Set(modules.flatMap((name) => packageFolder(name) ?? []));
    expect(folders).toContain("node_modules/fastify");
    expect(folders).toContain("node_modules/lru-cache");
    for (const name of folders) {
      const { name: title, version } = z
        .object({ name: z.string(), version: z.string() })
        .parse(JSON.parse(readFileSync(join(root, name, "package.json"), "utf8")));
      expect(terms).toContain(`\n${title} ${version} (`);
    }
    expect(terms).toContain("Copyright (c) 2016-present The Fastify team");
  });

  test("has a library, too", () => {
    const script = `
      import { createGateway, GatewayError, readConfig } from ${JSON.stringify(join(folder, "dist/index.js"))};
      const gateway = await createGateway(readConfig({ SERVER_ADDRESS: "127.0.0.1:0", LOG_LEVEL: "silent" }));
      const { status } = await fetch(new URL("/health", await gateway.listen()));
      await gateway.close();
      console.log(status, new GatewayError("internal", "x").name);
      process.exit();`;
    const result = spawnSync(process.execPath, ["--input-type=module", "--eval", script], {
      encoding: "utf8",
      env: { PATH: process.env["PATH"] },
    });
    expect(result).toMatchObject({ stdout: "200 GatewayError\n", stderr: "", status: 0 });
  });
});
