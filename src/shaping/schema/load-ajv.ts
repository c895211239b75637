import { createRequire } from "node:module";

const load = createRequire(import.meta.url);

/** The validators of the two drafts. */
interface AjvModules {
  readonly Ajv: typeof import("ajv").Ajv;
  readonly Ajv2020: typeof import("ajv/dist/2020.js").Ajv2020;
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
