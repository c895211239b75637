import { createHmac } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readConfig } from "../../src/config.ts";
import { createServices } from "../../src/services.ts";
import { loadSecret, secretFileName } from "../../src/secrets/load-secret.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "secret-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("the gateway's secret", () => {
  it("is the configured one", () => {
    const config = { IMAGE_LINK_SECRET: "configured secret", DATA_DIR: folder };
    expect(loadSecret(config)).toBe("configured secret");
  });

  it("is kept under DATA_DIR for the next start, readable by its owner alone", () => {
    const config = { IMAGE_LINK_SECRET: undefined, DATA_DIR: join(folder, "new") };
    const secret = loadSecret(config);
    expect(secret).toMatch(/^[0-9a-f]{64}$/);
    expect(loadSecret(config)).toBe(secret);
    const path = join(folder, "new", secretFileName);
    expect(readFileSync(path, "utf8")).toBe(secret);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it("is another one for each process without either", () => {
    const config = { IMAGE_LINK_SECRET: undefined, DATA_DIR: undefined };
    expect(loadSecret(config)).not.toBe(loadSecret(config));
  });

  it("is never empty: a damaged file stops the start and says what to do", () => {
    writeFileSync(join(folder, secretFileName), "");
    expect(() => loadSecret({ IMAGE_LINK_SECRET: undefined, DATA_DIR: folder })).toThrow(
      /Delete it to have a new one made/,
    );
  });

  it("says so when DATA_DIR can't be used", () => {
    const file = join(folder, "a file");
    writeFileSync(file, "");
    expect(() => loadSecret({ IMAGE_LINK_SECRET: undefined, DATA_DIR: file })).toThrow(
      expect.objectContaining({ name: "ConfigError", message: expect.stringContaining("DATA_DIR:") }),
    );
  });
});

it("signs image links itself, not by a derived key, so that older links stay valid", async () => {
  const secret = "configured secret";
  const services = await createServices(readConfig({ IMAGE_LINK_SECRET: secret, LOG_LEVEL: "silent" }));
  const link = services.images.publish({ kind: "file", name: "a.webp" }, "http://gateway");
  const signature = createHmac("sha256", secret).update("a.webp\n\n").digest().subarray(0, 16);
  expect(link).toBe(`http://gateway/v1/images/files/a.webp?sig=${signature.toString("base64url")}`);
  await services.close();
});
