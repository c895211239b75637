import type { Config } from "../config.ts";
import { withServices } from "./with-services.ts";

/** Prints the models offered now, one a line: id, context length in tokens, kind. Throws `GatewayError`. */
export async function listModels(config: Config, json: boolean): Promise<void> {
  const models = await withServices(config, (services, signal) => services.chat.listModels(signal));
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
