import type { Config } from "../config.ts";
import type { ListedModel } from "../model/leg.ts";
import { refreshLists } from "./refresh-lists.ts";
import { withServices, type ServicesOptions } from "./with-services.ts";

/**
 * Prints the models offered now, one a line: what clients ask for, context length in tokens or kind, and of several upstreams
 * those that have it. What is the matter with an upstream goes to standard error. Throws `GatewayError` when there are none.
 */
export async function listModels(config: Config, json: boolean, options: ServicesOptions): Promise<void> {
  const { output, errors } = options.terminal;
  await withServices(config, options, async (services, signal) => {
    const { router } = services;
    const lists = await refreshLists(services, signal);
    const models = await router.listModels(signal);
    for (const { upstream, failure } of lists) {
      const trouble = failure?.message ?? upstream.listRemark;
      if (trouble !== undefined) errors.write(`${upstream.name}: ${trouble}\n`);
    }
    output.write(
      json
        ? `${JSON.stringify(models.map(encode), undefined, 2)}\n`
        : describe(models, router.upstreams.length > 1).join(""),
    );
  });
}

function encode({ legs, answersNow: _now, ...model }: ListedModel): object {
  return { ...model, upstreams: legs.map((leg) => ({ name: leg.upstream, model: leg.model.id })) };
}

function describe(models: readonly ListedModel[], isShared: boolean): readonly string[] {
  const rows = models.map((model) => [
    model.id,
    describeSize(model),
    ...(isShared ? [model.legs.map(({ upstream }) => upstream).join(", ")] : []),
  ]);
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map(
    (row) =>
      `${row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd()}\n`,
  );
}

function describeSize({ kind, contextLength }: ListedModel): string {
  if (kind === "image") return "images";
  return contextLength === undefined ? "" : `${contextLength} tokens`;
}
