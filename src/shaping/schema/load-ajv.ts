import { createRequire } from "node:module";

import type * as Draft07 from "ajv";
import type * as Draft2020 from "ajv/dist/2020.js";

const load = createRequire(import.meta.url);

/** The validators of the two drafts. */
interface AjvModules {
  readonly Ajv: typeof Draft07.Ajv;
  readonly Ajv2020: typeof Draft2020.Ajv2020;
}

let loaded: AjvModules | undefined;

/** Loaded at first use, which takes some 50 ms: a start must not wait for what only tools and schemas need. */
export function loadAjv(): AjvModules {
  if (loaded === undefined) {
    const draft07: Pick<AjvModules, "Ajv"> = load("ajv");
    const draft2020: Pick<AjvModules, "Ajv2020"> = load("ajv/dist/2020.js");
    loaded = { Ajv: draft07.Ajv, Ajv2020: draft2020.Ajv2020 };
  }
  return loaded;
}
