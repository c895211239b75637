import { z } from "zod";

import { optional } from "../../dialects/optional.ts";
import { wireForms } from "../../openapi/wire-form.ts";

const names = { model: optional(z.string()), name: optional(z.string()) };

/** `name` is what `model` was called before; clients of both ages are about. */
function pickName({ model, name }: z.output<z.ZodObject<typeof names>>): string {
  return model || name || "";
}

const hasName = ({ model }: { readonly model: string }) => model !== "";
const nameless = "expected the name of a model";
const show = (told: Readonly<Record<string, unknown>>) => ({
  ...told,
  anyOf: [{ required: ["model"] }, { required: ["name"] }],
});

/** Body of `POST /api/show`; `others` is what has no effect. Source: `ShowRequest` of Ollama. */
export const showSchema = z
  .looseObject({ ...names, verbose: optional(z.boolean()) })
  .transform(({ model, name, verbose: _nothingMore, ...others }) => ({
    model: pickName({ model, name }),
    others,
  }))
  .refine(hasName, { path: ["model"], error: nameless })
  .register(wireForms, { show });

/** Body of `POST /api/pull`, likewise. Source: `PullRequest` of Ollama. */
export const pullSchema = z
  .looseObject({ ...names, stream: optional(z.boolean()) })
  .transform(({ model, name, stream, ...others }) => ({ model: pickName({ model, name }), stream, others }))
  .refine(hasName, { path: ["model"], error: nameless })
  .register(wireForms, { show });
