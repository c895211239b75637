import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { validate } from "dockerfile-utils";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";

import { readDockerfile, type Stage } from "../../scripts/read-dockerfile.ts";
import { readConfig } from "../../src/config.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const read = (name: string) => readFileSync(join(root, name), "utf8");
const packageFile = z
  .object({ version: z.string(), license: z.string() })
  .parse(JSON.parse(read("package.json")));

const stages = readDockerfile(root);
function stage(name: string): Stage {
  const found = stages.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`The Dockerfile has no stage ${name}.`);
  return found;
}
const of = (name: string, keyword: string) =>
  stage(name).instructions.filter((instruction) => instruction.keyword === keyword);
const fromContext = (name: string) => of(name, "COPY").filter(({ flags }) => flags["from"] === undefined);

describe("Dockerfile", () => {
  test("has nothing that a linter finds", () => {
    expect(validate(read("Dockerfile"))).toEqual([]);
  });

  test("is made of one image, by digest", () => {
    const names = new Set(stages.map(({ name }) => name));
    const images = stages.map(({ from }) => from).filter((from) => !names.has(from));
    expect(new Set(images).size).toBe(1);
    expect(images[0]).toMatch(/^node:24\.\d+\.\d+-\w+-slim@sha256:[0-9a-f]{64}$/);
  });

  test("runs nothing on the platform of the image, so that nothing is emulated", () => {
    for (const { name, platform, instructions } of stages) {
      if (instructions.some(({ keyword }) => keyword === "RUN"))
        expect([name, platform]).toEqual([name, "$BUILDPLATFORM"]);
    }
  });

  const manifests = ["package.json", "package-lock.json", ".npmrc"];

  test.each([
    { name: "build", copied: [...manifests, "scripts/package.json"] },
    { name: "packages", copied: manifests },
  ])("installs before it copies what is edited: $name", ({ name, copied }) => {
    const { instructions } = stage(name);
    const install = instructions.findIndex(({ text }) => text.includes("npm ci"));
    const before = instructions.slice(0, install).filter(({ keyword }) => keyword === "COPY");
    expect(before.flatMap(({ words }) => words.slice(0, -1))).toEqual(copied);
  });

  test("installs only what production needs, for the image's platform", () => {
    const installs = of("packages", "RUN").filter(({ text }) => text.includes("npm"));
    expect(installs).toHaveLength(1);
    for (const option of ["ci --omit=dev", "--ignore-scripts", "--os=linux", '--cpu="$cpu"', "--libc=glibc"])
      expect(installs[0]?.text).toContain(option);
    const packages = of("program", "COPY").filter(({ text }) => text.includes("node_modules"));
    expect(packages.map(({ flags }) => flags["from"])).toEqual(["packages"]);
  });

  test("copies what is there and what .dockerignore lets in, and nothing else gets in", () => {
    const copied = stages
      .flatMap(({ name }) => (name === null ? [] : fromContext(name)))
      .flatMap(({ words }) => words.slice(0, -1));
    expect(copied.filter((name) => !existsSync(join(root, name)))).toEqual([]);
    const ignore = read(".dockerignore")
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"));
    expect(ignore[0]).toBe("*");
    expect(
      ignore
        .slice(1)
        .map((line) => line.replace(/^!/, ""))
        .sort(),
    ).toEqual([...new Set(copied)].sort());
  });

  test("has programs that the build makes, and Node as the process that gets signals", () => {
    const commands = [...of("program", "ENTRYPOINT"), ...of("program", "HEALTHCHECK")].map(({ text }) =>
      z.tuple([z.literal("node"), z.string()]).parse(JSON.parse(text.replace(/^CMD\s+/, ""))),
    );
    expect(commands.map(([, file]) => file)).toEqual(["dist/main.js", "dist/healthcheck.js"]);
    for (const [, file] of commands)
      expect(existsSync(join(root, file.replace("dist/", "src/").replace(".js", ".ts")))).toBe(true);
  });

  test("listens where it says, is not root, and names version and licence", () => {
    const environment = Object.fromEntries(
      of("program", "ENV").flatMap(({ words }) =>
        words.filter((word) => word.includes("=")).map((word) => word.split("=") as [string, string]),
      ),
    );
    expect(readConfig(environment).SERVER_ADDRESS).toEqual({ host: "0.0.0.0", port: 16_571 });
    expect(of("program", "EXPOSE").map(({ text }) => text)).toEqual(["16571"]);
    expect(of("program", "USER").map(({ text }) => text)).toEqual(["1000:1000"]);
    const labels = of("program", "LABEL")
      .map(({ text }) => text)
      .join(" ");
    expect(labels).toContain(`org.opencontainers.image.version="${packageFile.version}"`);
    expect(labels).toContain(`org.opencontainers.image.licenses="${packageFile.license}"`);
    for (const name of ["title", "description"])
      expect(labels).toContain(`org.opencontainers.image.${name}="`);
  });

  test("makes the plain image without --target; the one for Akash ends as the same user", () => {
    expect(stages.at(-1)).toEqual({ from: "program", name: null, platform: null, instructions: [] });
    expect(stage("akash").from).toBe("program");
    expect(of("akash", "ENTRYPOINT")[0]?.words[2]).toContain(
      "exec setpriv --reuid=1000 --regid=1000 --clear-groups node dist/main.js",
    );
  });
});

describe("compose.yaml", () => {
  const service = z
    .object({
      services: z.object({
        "akashchat-api": z.object({
          build: z.literal("."),
          pull_policy: z.literal("build"),
          ports: z.array(z.string()),
          env_file: z.array(z.strictObject({ path: z.string(), required: z.boolean() })),
          environment: z.record(z.string(), z.string()),
          volumes: z.array(z.string()),
          stop_grace_period: z.string().regex(/^\d+s$/),
          read_only: z.literal(true),
          cap_drop: z.tuple([z.literal("ALL")]),
          security_opt: z.tuple([z.literal("no-new-privileges:true")]),
        }),
      }),
      volumes: z.record(z.string(), z.unknown()),
    })
    .transform(({ services, volumes }) => ({ ...services["akashchat-api"], named: Object.keys(volumes) }))
    .parse(parse(read("compose.yaml")));

  test("gives the gateway the whole .env, if there is one", () => {
    expect(service.env_file).toEqual([{ path: ".env", required: false }]);
    // What is set here wins over .env, so it may only be what has to be so in a container.
    expect(Object.keys(service.environment)).toEqual(["SERVER_ADDRESS", "DATA_DIR"]);
  });

  test("is reached from its own machine only, at the port where the gateway listens", () => {
    const { port } = readConfig(service.environment).SERVER_ADDRESS;
    expect(service.ports).toEqual([`127.0.0.1:16571:${port}`]);
  });

  test("keeps DATA_DIR in a volume that the image has a folder for", () => {
    const folder = service.environment["DATA_DIR"];
    expect(service.volumes).toEqual([`data:${folder}`]);
    expect(service.named).toEqual(["data"]);
    expect(of("program", "COPY").some(({ words }) => words.at(-1) === folder)).toBe(true);
  });

  test("waits longer for the end than the gateway does for its answers", () => {
    const patience = Number.parseInt(service.stop_grace_period, 10) * 1000;
    expect(patience).toBeGreaterThan(readConfig({}).SHUTDOWN_TIMEOUT_MS);
  });
});
