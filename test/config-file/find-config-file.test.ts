import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { findConfigFile } from "../../src/config-file/find-config-file.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "find-config-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const dataDir = () => join(folder, "data");
const find = (settings: { CONFIG_FILE?: string }) =>
  findConfigFile({ DATA_DIR: "data", ...settings }, folder);

describe("findConfigFile", () => {
  beforeEach(() => mkdirSync(dataDir()));

  it("takes CONFIG_FILE, there or not, else DATA_DIR's, else the folder's", () => {
    expect(find({})).toEqual({ path: undefined, passedOver: [] });
    writeFileSync(join(folder, "gateway.yaml"), "");
    expect(find({}).path).toBe(join(folder, "gateway.yaml"));
    writeFileSync(join(dataDir(), "gateway.yaml"), "");
    expect(find({}).path).toBe(join(dataDir(), "gateway.yaml"));
    expect(find({ CONFIG_FILE: "mine.yml" }).path).toBe(join(folder, "mine.yml"));
    expect(findConfigFile({}, folder).path).toBe(join(folder, "gateway.yaml"));
  });

  it("finds what can't be read as well, so that it is told", () => {
    symlinkSync("nowhere", join(dataDir(), "gateway.yaml"));
    expect(find({}).path).toBe(join(dataDir(), "gateway.yaml"));
  });

  it("names files of nearly that name", () => {
    writeFileSync(join(folder, "gateway.yml"), "");
    expect(find({})).toEqual({ path: undefined, passedOver: [join(folder, "gateway.yml")] });
  });
});
