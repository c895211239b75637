import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { afterAll, describe, expect, test } from "vitest";

import { loadSettings } from "../../src/cli/settings/load-settings.ts";
import { findNamedVariables } from "../../src/config-file/find-named-variables.ts";
import { suggestName } from "../../src/suggest/suggest-name.ts";
import { settings } from "../../src/config.ts";
import { startSimulator } from "../../src/simulator/index.ts";
import { startCompatibleSimulator } from "../../src/simulator/compatible/index.ts";
import { hasSqlite } from "../support/has-sqlite.ts";
import { runProgram, spawnProgram } from "../support/run-program.ts";
import { startStack } from "../support/start-stack.ts";

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

/** A folder with these files. */
async function createFolder(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "settings-"));
  folders.push(folder);
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  return folder;
}

const userFile = ".config/akashchat-api/.env";

describe("a .env file", () => {
  test("fills in settings that the environment does not have, and is named where one is wrong", async () => {
    const folder = await createFolder({ ".env": "HEARTBEAT_MS=soon\nREASONING=maybe\n" });
    const { code, stderr } = await runProgram(
      ["models"],
      { REASONING: "drop", LOG_LEVEL: "loud" },
      { folder },
    );
    expect(code).toBe(2);
    expect(stderr).toContain("HEARTBEAT_MS: must be a whole number (in .env)\n");
    expect(stderr).toMatch(/LOG_LEVEL: .*[^)]\n/);
    expect(stderr).not.toContain("REASONING");
    const { stdout } = await runProgram(["doctor"], {}, { folder });
    expect(stdout).toContain("HEARTBEAT_MS: must be a whole number (in .env)\n");
  });

  test("has OpenTelemetry's variables for the gateway, but not for commands that are started in any folder", () => {
    const text = Buffer.from("OTEL_SERVICE_NAME=gateway\nOTEL_TRACES_EXPORTER=otlp\n");
    const read = () => text;
    const file = { path: ".env", isOurs: true };
    const loaded = loadSettings([file], {}, read);
    expect(loaded.values).toEqual({ OTEL_SERVICE_NAME: "gateway", OTEL_TRACES_EXPORTER: "otlp" });
    const guarded = loadSettings([{ ...file, isGuarded: true }], {}, read);
    expect([guarded.values, guarded.others, loaded.warnings, guarded.warnings]).toEqual([{}, {}, [], []]);
  });

  test("sets nothing but the gateway's settings and proxies", async () => {
    const folder = await createFolder({
      ".env": "NODE_OPTIONS=--import ./evil.js\nHTTP_PROXY=http://p\nREASONING=drop\n",
    });
    const { values } = loadSettings([{ path: join(folder, ".env"), isOurs: false }], {});
    expect(values).toEqual({ HTTP_PROXY: "http://p", REASONING: "drop" });
  });

  test("of the user's own is read by every command, behind that of the folder", async () => {
    const folder = await createFolder({
      ".env": "HEARTBEAT_MS=1\n",
      [userFile]: "HEARTBEAT_MS=2\nREPAIR_TURNS=many\n",
    });
    const { stderr } = await runProgram(["models"], {}, { folder });
    expect(stderr).toContain("HEARTBEAT_MS: Too small: expected number to be >=100 (in .env)");
    expect(stderr).toContain(`REPAIR_TURNS: must be a whole number (in ${join(folder, userFile)})`);
  });

  test("of a project does not say where the agents that are launched there find their model; the user's own does", async () => {
    const folder = await createFolder({
      ".env": "PUBLIC_URL=http://evil.example\nLOG_LEVEL=verbose\nBERER_TOKEN=x\n",
      [userFile]: "SERVER_ADDRESS=127.0.0.1:9\n",
    });
    const { stderr } = await spawnProgram(["launch", "claude-code"], {}, { folder });
    expect(stderr).toMatch(/^No gateway answers at http:\/\/127\.0\.0\.1:9 /);
    expect(stderr).toContain(`SERVER_ADDRESS=host:port in ${join(folder, userFile)}`);
  });

  test("that is a folder is passed over with a word", async () => {
    const folder = await createFolder({ ".env/bin/activate": "" });
    const { code, stderr } = await runProgram(["models"], { REASONING: "loud" }, { folder });
    expect(code).toBe(2);
    expect(stderr).toContain(`Warning: ${join(folder, ".env")} is a folder: no settings are read from it.\n`);
    expect(stderr).not.toContain("    at ");
  });

  test.for(["EACCES", "EPERM"])("that may not be read stops the start: %s", (code) => {
    const refuse = () => {
      throw Object.assign(new Error("no"), { code });
    };
    expect(() => loadSettings([{ path: ".env", isOurs: true }], {}, refuse)).toThrow(
      /\.env has settings, but you may not read it\./,
    );
  });
});

/** What such a command takes of a folder's file and the user's own. */
const guarded = (
  texts: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string>> = {},
) =>
  loadSettings(
    [
      { path: ".env", isOurs: false, isGuarded: true },
      { path: "own/.env", isOurs: true, isGuarded: true },
    ],
    environment,
    (path) => Buffer.from(texts[path] ?? ""),
  );

describe("a command that is started in any folder", () => {
  const hostile = {
    "gateway.yaml":
      "upstreams: [{ name: evil, type: openai, base_url: 'http://127.0.0.1:9', api_key: '${ANY_KEY}' }]\n",
    ".env": "CONFIG_FILE=gateway.yaml\nDATA_DIR=.\nAKASHML_BASE_URL=http://127.0.0.1:9\n",
  };

  test.for([[["chat", "Say hello"]], [["image", "a cat", "--out", "cat.png"]], [["models"]], [["usage"]]])(
    "takes no upstreams from it, and says so: %j",
    async ([args = []]) => {
      await using akash = await startSimulator();
      await using other = await startCompatibleSimulator({ persona: "vllm" });
      const evil = { "gateway.yaml": hostile["gateway.yaml"].replace("http://127.0.0.1:9", other.url) };
      for (const files of [evil, { ...evil, ".env": hostile[".env"] }]) {
        const folder = await createFolder(files);
        const environment = {
          ANY_KEY: "s3cret",
          AKASH_BASE_URL: akash.url,
          IMAGE_POLL_MS: "10",
          SERVER_ADDRESS: "127.0.0.1:9",
        };
        const { code, stderr } = await runProgram(args, environment, { folder });
        expect(stderr).toContain(`Warning: ${join(folder, "gateway.yaml")} is not used: `);
        expect(code).toBe(0);
      }
      expect(other.requests).toEqual([]);
    },
  );

  test("usage says nothing of it where a gateway runs, whose data it shows", async () => {
    await using stack = await startStack();
    const folder = await createFolder(hostile);
    const { code, stderr } = await runProgram(
      ["usage"],
      { ANY_KEY: "s3cret", AKASHML_BASE_URL: "http://127.0.0.1:9", SERVER_ADDRESS: new URL(stack.url).host },
      { folder },
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });

  test("uses the file that the environment, the user's own settings or a DATA_DIR of theirs names", async () => {
    await using own = await startCompatibleSimulator({ persona: "vllm" });
    const yaml = `upstreams: [{ name: mine, type: vllm, base_url: '${own.baseUrl}' }]\n`;
    const elsewhere = await createFolder({ "gateway.yaml": yaml, "other.yaml": yaml });
    const other = join(elsewhere, "other.yaml");
    const ofData: readonly [Record<string, string>, string][] = [
      [{ DATA_DIR: elsewhere }, ""],
      [{}, `DATA_DIR=${elsewhere}\n`],
    ];
    const setups: readonly [Record<string, string>, string][] = [
      [{ CONFIG_FILE: other }, ""],
      [{}, `CONFIG_FILE=${other}\n`],
      ...(hasSqlite ? ofData : []),
    ];
    for (const [environment, settings] of setups) {
      const folder = await createFolder({ [userFile]: settings });
      const run = await runProgram(["chat", "Say hello"], environment, { folder });
      expect(run).toMatchObject({ code: 0, stderr: "" });
    }
    expect(own.chats).toHaveLength(setups.length);
  });

  test.for<[string, string, string]>([
    ["AKASHML_BASE_URL", "AKASHML_API_KEY", "AKASHML_API_KEY"],
    ["COMPATIBLE_BASE_URL", "COMPATIBLE_API_KEY", "COMPATIBLE_API_KEY"],
    ["AKASH_BASE_URL", "AKASH_ACCESS_TOKEN", "AKASH_ACCESS_TOKEN"],
    ["AKASH_BASE_URL", "AKASH_COOKIE", "AKASH_COOKIE"],
  ])(
    "sends no secret to an address of the folder's that is not from there: %s, %s",
    ([address, secret, named]) => {
      const evil = `${address}=http://evil.example\n`;
      for (const { values, warnings } of [
        guarded({ ".env": evil }, { [secret]: "x" }),
        guarded({ ".env": evil, "own/.env": `${secret}=x\n` }),
        guarded({ ".env": `${evil}${secret}=mine\n`, "own/.env": `${secret}=x\n` }),
      ]) {
        expect(values[address]).toBeUndefined();
        expect(warnings.join()).toContain(`${address} in .env is not used: ${named} is not from there`);
      }
      expect(guarded({ ".env": `${evil}${secret}=mine\n` }).values).toMatchObject({
        [address]: "http://evil.example",
      });
    },
  );

  test("takes paths from the user's own file where they are whole, and its variables alone", () => {
    const texts = {
      ".env": "DATA_DIR=/a\nDATABASE_URL=postgres://evil/a\nGPU_URL=http://evil\n",
      "own/.env": "DATA_DIR=data\nCONFIG_FILE=/b\nGPU_URL=http://gpu\n",
    };
    const { values, others, foreign } = guarded(texts);
    expect(values).toEqual({ CONFIG_FILE: "/b" });
    expect(foreign).toEqual({ DATA_DIR: "/a", DATABASE_URL: "postgres://evil/a" });
    const own = guarded({ ...texts, "own/.env": "DATABASE_URL=postgres://mine/a\n" });
    expect(own.values).toEqual({ DATABASE_URL: "postgres://mine/a" });
    expect(others).toEqual({ GPU_URL: "http://gpu" });
  });
});

/** What is read of a file of this text. */
const read = (text: string | Buffer, environment: Readonly<Record<string, string>> = {}) =>
  loadSettings([{ path: ".env", isOurs: true }], environment, () => Buffer.from(text));

describe("the text of a .env file", () => {
  test("may begin with a byte order mark and end its lines as Windows does", () => {
    const { values, warnings } = read('\uFEFFBEARER_TOKEN=secret\r\nexport REASONING="drop"\r\n');
    expect(values).toEqual({ BEARER_TOKEN: "secret", REASONING: "drop" });
    expect(warnings).toEqual([]);
  });

  test.for<[string, Buffer]>([
    ["UTF-16, as PowerShell writes it", Buffer.from("\uFEFFBEARER_TOKEN=secret\r\n", "utf16le")],
    ["UTF-16 without a mark", Buffer.from("BEARER_TOKEN=secret\r\n", "utf16le")],
    ["no text", Buffer.from([0xff, 0x41])],
  ])("stops the start if it is %s: nobody may think that a key is set", ([, bytes]) => {
    expect(() => read(bytes)).toThrow(
      /\.env is not UTF-8 text, so its settings can't be read\. Save it as UTF-8\./,
    );
  });

  test.for(["BEARER_TOKEN: secret", "BEARER_TOKEN secret", "  export BEARER_TOKEN\tsecret\r"])(
    "is warned about where a setting has no equals sign: %j",
    (line) => {
      expect(read(`# BEARER_TOKEN: no\n${line}\nREASONING=drop\n`)).toMatchObject({
        values: { REASONING: "drop" },
        warnings: ["BEARER_TOKEN in .env is not read: write BEARER_TOKEN=..."],
      });
    },
  );

  test("with empty values says nothing, and an empty variable hides nothing of it", () => {
    const files = [
      { path: ".env", isOurs: true },
      { path: "own/.env", isOurs: true },
    ];
    const texts: Readonly<Record<string, string>> = {
      ".env": "BEARER_TOKEN=\nREASONING=drop\n",
      "own/.env": "BEARER_TOKEN=secret\nREASONING=field\n",
    };
    const { values } = loadSettings(files, { REASONING: " ", BEARER_TOKEN: "" }, (path) =>
      Buffer.from(texts[path] ?? ""),
    );
    expect(values).toEqual({ BEARER_TOKEN: "secret", REASONING: "drop" });
  });
});

describe("variables of the files that are no settings", () => {
  test("are kept apart, for the configuration file; the environment and the first file win", () => {
    const texts: Readonly<Record<string, string>> = {
      ".env": "GPU_KEY=one\nEMPTY=\nSHELL=sh\n",
      "own/.env": "GPU_KEY=two\nEMPTY=full\nHOST_KEY=three\n",
    };
    const files = [
      { path: ".env", isOurs: false },
      { path: "own/.env", isOurs: false },
    ];
    const environment = { SHELL: "bash", HOST_KEY: " " };
    const { values, others } = loadSettings(files, environment, (path) => Buffer.from(texts[path] ?? ""));
    expect(values).toEqual({});
    expect(others).toEqual({ GPU_KEY: "one", EMPTY: "full", HOST_KEY: "three" });
  });

  test("are warned about unless the configuration file names them, which the settings say where it is", async () => {
    const folder = await createFolder({
      "mine/gateway.yaml": "upstreams: [{ api_key: ${GPU_KEY}, url: ${AKASHML_KEY:-x} }] # ${not a name}",
    });
    const text = `CONFIG_FILE=mine/gateway.yaml\nGPU_KEY=one\nAKASHML_KEY=two\nGPU_HOST=three\n`;
    const load = (
      findNamed?: (settings: Readonly<Record<string, string | undefined>>) => ReadonlySet<string>,
    ) =>
      loadSettings(
        [{ path: ".env", isOurs: true }],
        { AKASHML_API_KEYS: "x" },
        () => Buffer.from(text),
        findNamed,
      ).warnings;
    expect(load((settings) => findNamedVariables(settings, folder))).toEqual([
      "AKASHML_API_KEYS is no setting. Did you mean AKASHML_API_KEY?",
      "GPU_HOST in .env is no setting and is ignored.",
    ]);
    expect(load()).toHaveLength(4);
    expect(findNamedVariables({ CONFIG_FILE: "none" }, folder)).toEqual(new Set());
    expect(findNamedVariables({ CONFIG_FILE: "mine" }, folder)).toEqual(new Set());
  });
});

describe("names that look like a setting's", () => {
  test("are warned about, wherever they stand, and the program goes on", async () => {
    const folder = await createFolder({
      ".env": "BERER_TOKEN=secret\nDATABASE_URL=x\n",
      [userFile]: "EDITOR=vi\n",
    });
    const { stderr } = await runProgram(["models"], { SERVER_ADRESS: "x", LOG_LEVEL: "loud" }, { folder });
    expect(stderr).toContain("Warning: SERVER_ADRESS is no setting. Did you mean SERVER_ADDRESS?\n");
    expect(stderr).toContain("Warning: BERER_TOKEN in .env is no setting. Did you mean BEARER_TOKEN?\n");
    expect(stderr).toContain(`Warning: EDITOR in ${join(folder, userFile)} is no setting and is ignored.\n`);
    expect(stderr).toContain("LOG_LEVEL: Invalid option");
    expect(stderr).not.toMatch(/secret|DATABASE_URL/);
  });

  test("in the gateway's own .env every unknown name is", async () => {
    const folder = await createFolder({ ".env": "TIMEOUT=5\n" });
    const { stderr } = await spawnProgram(["serve"], { LOG_LEVEL: "loud" }, { folder });
    expect(stderr).toContain("Warning: TIMEOUT in .env is no setting and is ignored.\n");
  });

  test.for([
    ["BERER_TOKEN", "BEARER_TOKEN"],
    ["SERVER_ADRESS", "SERVER_ADDRESS"],
    ["LOG_LEVLE", "LOG_LEVEL"],
    ["MODEL_ALIAS", "MODEL_ALIASES"],
    ["CORS_ORIGINS", "CORS_ORIGIN"],
    ["AKASH_BASEURL", "AKASH_BASE_URL"],
    ["bearer_token", "BEARER_TOKEN"],
    ["HEARTBEAT_SECONDS", undefined],
    ["GITHUB_TOKEN", undefined],
    ["SERVER_NAME", undefined],
    ["LANG", undefined],
  ])("%s: %s", ([name = "", meant]) => {
    expect(suggestName(name, Object.keys(settings))).toBe(meant);
  });

  test.for([
    ["AKASHML_APIKEY", "AKASHML_API_KEY"],
    ["AKASH_ML_API_KEY", "AKASHML_API_KEY"],
    ["akashml_api_key", "AKASHML_API_KEY"],
    ["AKASHML_KEY", "AKASHML_API_KEY or AKASHML_BASE_URL"],
    ["AKASH_ML_TOKEN", "AKASHML_API_KEY or AKASHML_BASE_URL"],
    ["AKASH_BASEURL", "AKASH_BASE_URL"],
    ["COMPATIBLE_BASEURL", "COMPATIBLE_BASE_URL"],
    ["COMPATIBLE_URL", "COMPATIBLE_BASE_URL or COMPATIBLE_API_KEY"],
  ])("also by an underscore alone, where nobody else has such names: %s", ([name = "", meant]) => {
    expect(loadSettings([], { [name]: "x" }).warnings).toEqual([
      `${name} is no setting. Did you mean ${meant}?`,
    ]);
    const named = () => new Set([name]);
    expect(loadSettings([], { [name]: "x" }, undefined, named).warnings).toEqual([]);
  });

  test("but not those of other programs in the environment", () => {
    const others = {
      LOGLEVEL: "info",
      AKASH_NODE: "x",
      AKASH_KEYRING_BACKEND: "x",
      DATADIR: "x",
      PATH: "x",
      XDG_DATA_DIRS: "x",
      LOG_LEVLE: "",
      npm_config_cache: "x",
    };
    expect(loadSettings([], others).warnings).toEqual([]);
  });
});
