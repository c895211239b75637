import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe } from "vitest";

import { openLocalState } from "../../../src/store/sqlite/open-local-state.ts";
import { hasSqlite } from "../../support/has-sqlite.ts";
import type { OpenEngine } from "../contract/engine.ts";
import { keyContract } from "../contract/key-contract.ts";
import { limitsContract } from "../contract/limits-contract.ts";
import { limitsModelContract } from "../contract/limits-model.ts";
import { recordWatch } from "../open-store.ts";

const open: OpenEngine = async (now) => {
  const directory = await mkdtemp(path.join(tmpdir(), "local-state-"));
  const database = { lockWaitMs: 600_000, answerWaitMs: 600_000 };
  const state = await openLocalState({ ...recordWatch().options, now, directory, database });
  return {
    ...state,
    async [Symbol.asyncDispose]() {
      await state.close();
      await rm(directory, { recursive: true });
    },
  };
};

describe.runIf(hasSqlite)("keys in a file", () => keyContract(open, 20));
describe.runIf(hasSqlite)("limits with a journal", () => {
  limitsContract(open);
  limitsModelContract(open, 20);
});
