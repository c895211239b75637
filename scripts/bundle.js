/**
 * Puts the program into a few files: a start spent half of its time on finding, reading and linking 1,000 modules. What was
 * built stays beside the bundle: it is the library, and what threads begin with, in which nothing of the bundle runs.
 */
import { mkdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative, sep } from "node:path";

import { rolldown } from "rolldown";

import { collectLicences, packageFolder } from "./collect-licences.js";

/** What `main.js` and the program of a worker load. They themselves are none of it: what they await may not lead back to them. */
const entries = ["cli/run-cli", "cli/workers/run-worker"];
const chunks = "chunks";
const licences = "THIRD-PARTY-LICENSES.txt";

/**
 * Packages that stay where they are: some have files beside their code, all are loaded when something is first asked of them.
 * Only direct dependencies: no other is sure to be found from here. (Ours that are loaded by `createRequire`, as ajv is, stay by themselves.)
 */
const left = [
  /^sharp$/,
  /^pg(-connection-string)?$/,
  /^@opentelemetry\//,
  /^gpt-tokenizer\/encoding\//,
  /^(jsonc-parser|smol-toml|yaml)$/,
];

/** What a bundled package loads when it is first needed, which is never here, and who has it. Not read before, as without a bundle. */
const leftToOthers = {
  "light-my-request": "fastify",
  "@fastify/ajv-compiler": "fastify",
  "@fastify/fast-json-stringify-compiler": "fastify",
};

/** Files that name their place, for what nothing here uses or needs: logs written by a thread (pino), and stacks of errors (undici). */
const placed = ["pino/lib/transport.js", "thread-stream/index.js", "undici/index.js"];

/** @type {import("rolldown").OutputOptions} */
const form = {
  entryFileNames: "[name].js",
  // Without a hash: who reads a stack shall find the same name in each build.
  chunkFileNames: `${chunks}/[name].js`,
  // Messages and logs have names of classes and functions, which may not become `Name$1`.
  keepNames: true,
  // V8 keeps the text of a program, and each character takes two bytes if one is not Latin.
  charset: "ascii",
  comments: { legal: true, annotation: false, jsdoc: false },
};

/** Replaces the entries in a built folder by bundles of all that they import. Throws if something would not work in them. */
export async function bundle(folder) {
  // As modules are named: a link on the way would hide which of them are ours.
  const out = realpathSync(folder);
  const bundled = await rolldown({
    // What the comments that tell where a module begins are relative to.
    cwd: dirname(out),
    input: Object.fromEntries(entries.map((name) => [name, join(out, `${name}.js`)])),
    platform: "node",
    external: (id) => left.some((pattern) => pattern.test(id)),
    plugins: [leaveToOthers(), placeModules(out)],
    onLog(level, { message }) {
      // Whatever is warned of would be a program that does not work.
      if (level === "warn") throw new Error(message);
    },
  });
  const { output } = await generate(bundled);
  const modules = output.flatMap((file) => (file.type === "chunk" ? Object.entries(file.modules) : []));
  // Also of a build that is itself below a `node_modules`.
  const foreign = modules.filter(
    ([file]) => !file.startsWith(out + sep) && packageFolder(file) !== undefined,
  );
  for (const [file, { code }] of foreign) refusePlaced(file, code ?? "");
  const folders = foreign.map(([file]) => packageFolder(file));
  // Its helpers are in the bundle, too.
  const bundler = packageFolder(createRequire(import.meta.url).resolve("rolldown"));
  const terms = collectLicences([...new Set([...folders, bundler])]);
  rmSync(join(out, chunks), { recursive: true, force: true });
  mkdirSync(join(out, chunks));
  for (const file of output) writeFileSync(join(out, file.fileName), file.code);
  writeFileSync(join(out, licences), terms);
}

async function generate(bundled) {
  try {
    return await bundled.generate(form);
  } finally {
    await bundled.close();
  }
}

function leaveToOthers() {
  const prefix = "\0left:";
  return {
    name: "leave-to-others",
    resolveId: (id) => (Object.hasOwn(leftToOthers, id) ? prefix + id : null),
    load(id) {
      if (!id.startsWith(prefix)) return null;
      const name = id.slice(prefix.length);
      const owner = JSON.stringify(leftToOthers[name]);
      return `module.exports = require("node:module").createRequire(require.resolve(${owner}))(${JSON.stringify(name)});`;
    },
  };
}

/** Lets our own modules find their files where they would without the bundle. */
function placeModules(out) {
  const marked = /\bfromDist\("([^"]+)"\)/g;
  return {
    name: "place-modules",
    transform(code, id) {
      if (!id.startsWith(out + sep) || !code.includes("import.meta.url")) return null;
      const name = JSON.stringify(relative(out, id).replaceAll(sep, "/"));
      return { code: code.replaceAll("import.meta.url", `fromDist(${name})`), map: null };
    },
    renderChunk(code, { fileName }) {
      const up = relative(dirname(join(out, fileName)), out).replaceAll(sep, "/");
      return { code: code.replaceAll(marked, `new URL("${up}/$1", import.meta.url).href`), map: null };
    },
  };
}

/** In a bundle a package does not find what lies beside its files. */
function refusePlaced(file, code) {
  if (!/\b__(?:dir|file)name\b|\bimport\.meta\b/.test(code)) return;
  const path = file.replaceAll(sep, "/");
  if (!placed.some((name) => path.endsWith(`/node_modules/${name}`)))
    throw new Error(`${file} may look for files beside it: leave its package out, or list it as harmless.`);
}
