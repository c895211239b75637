import type { Config } from "../config.ts";
import type { ModelInfo } from "../model/model-info.ts";
import { createInspector } from "./create-inspector.ts";

/**
 * Prints the models offered now, one a line: id, context length in tokens, kind. Asks the upstream itself and waits as
 * long as it takes: the few seconds that a request waits for the list would be too short here. Throws `GatewayError`.
 */
export async function listModels(config: Config, json: boolean): Promise<void> {
  const inspector = createInspector(config);
  let models: readonly ModelInfo[];
  try {
    ({ models } = await inspector.models(new AbortController().signal));
  } finally {
    await inspector.close();
  }
  if (json) {
    process.stdout.write(`${JSON.stringify(models, undefined, 2)}\n`);
    return;
  }
  const width = Math.max(...models.map((model) => model.id.length));
  for (const model of models) {
    const context = model.contextLength === undefined ? "" : `${model.contextLength} tokens`;
    process.stdout.write(`${model.id.padEnd(width)}  ${model.kind === "image" ? "images" : context}\n`);
  }
}
