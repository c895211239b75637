import { describe } from "vitest";

import { openTestDatabase, type TestDatabase } from "../../support/postgres/open-test-database.ts";
import { keyContract } from "../../store/contract/key-contract.ts";
import { limitsContract } from "../../store/contract/limits-contract.ts";
import { limitsModelContract } from "../../store/contract/limits-model.ts";
import { engineOpener } from "./open-engine.ts";

let database: Promise<TestDatabase> | undefined;
const open = engineOpener(() => (database ??= openTestDatabase()));

describe("keys in PostgreSQL", () => keyContract(open, 30));
describe("limits in PostgreSQL", () => {
  limitsContract(open);
  limitsModelContract(open, 20);
});
