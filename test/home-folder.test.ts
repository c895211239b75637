import { afterEach, expect, test, vi } from "vitest";

afterEach(() => {
  vi.doUnmock("node:os");
  vi.resetModules();
});

async function homeOfStranger(environment: NodeJS.ProcessEnv): Promise<string> {
  // What Node throws where the system has no entry for the user (uv_os_homedir, ENOENT).
  vi.doMock("node:os", () => ({
    homedir() {
      throw new Error("A system error occurred: uv_os_homedir returned ENOENT");
    },
  }));
  vi.resetModules();
  const { homeFolder } = await import("../src/home-folder.ts");
  return homeFolder(environment);
}

test("a user whom the system does not know has the root's", async () => {
  expect(await homeOfStranger({})).toBe("/");
  expect(await homeOfStranger({ HOME: "" })).toBe("/");
  expect(await homeOfStranger({ HOME: "/data" })).toBe("/data");
});
