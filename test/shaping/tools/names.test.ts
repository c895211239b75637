import { describe, expect, test } from "vitest";

import { createToolDirectory } from "../../../src/shaping/tools/tool-directory.ts";

const names = ["get_weather", "天气", "mcp.fs.read", "list", "fs.list", "read:1"];
const directory = createToolDirectory(names.map((name) => ({ name, parameters: { type: "object" } })));

describe("names of tools as models and back ends write them", () => {
  test.each([
    ["get_weather", "get_weather"],
    [" Get-Weather ", "get_weather"],
    ["functions.get_weather", "get_weather"],
    ["functions.get_weather:0", "get_weather"],
    ["functions::get_weather", "get_weather"],
    ["get_weather:12", "get_weather"],
    ["default_api.get_weather", "get_weather"],
    ["default_api:get_weather", "get_weather"],
    ["a.b.c.get_weather", "get_weather"],
    ["get_weather<|channel|>commentary", "get_weather"],
    ["get_weather<|constrain|>json", "get_weather"],
    ["<|x|>get_weather", "get_weather"],
    ['"get_weather"', "get_weather"],
    ["get_weather()", "get_weather"],
    ["functions.天气:3", "天气"],
    ["mcp.fs.read", "mcp.fs.read"],
    ["functions.mcp.fs.read:0", "mcp.fs.read"],
    // The longest part that is declared counts.
    ["functions.fs.list", "fs.list"],
    ["x.list", "list"],
    ["read:1", "read:1"],
    ["get_weathers", undefined],
    ["weather", undefined],
    ["get_weather.forecast", undefined],
    ["get_weather city", undefined],
    ["", undefined],
  ])("%j is %j", (written, declared) => {
    expect(directory.find(written)?.definition.name).toBe(declared);
  });

  test("a name of nothing but dots costs no more than any other", () => {
    expect(directory.find(".".repeat(100_000))).toBeUndefined();
  });
});
