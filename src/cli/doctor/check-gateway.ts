import { z } from "zod";

import type { Config } from "../../config.ts";
import { fetchJson, findGateway, NoGatewayError } from "../connect/find-target.ts";
import type { Checklist } from "./checklist.ts";

const models = z.object({
  data: z.array(
    z.object({
      upstreams: z
        .array(z.object({ name: z.string(), model: z.string(), answers_now: z.boolean() }))
        .default([]),
    }),
  ),
});

/** Asks the gateway of this configuration, where one runs, which of its models rest: only it knows that. */
export async function checkGateway(config: Config, list: Checklist): Promise<void> {
  const gateway = findGateway(config, { url: undefined, key: undefined });
  try {
    const { data } = await fetchJson(gateway, "/v1/models", models);
    const resting = data.flatMap(({ upstreams }) =>
      upstreams.flatMap(({ name, model, answers_now: answers }) => (answers ? [] : [`${name}/${model}`])),
    );
    const rest = [...new Set(resting)].join(", ");
    await list.check("gateway", () =>
      Promise.resolve(
        `runs at ${gateway.url}; ${rest === "" ? "nothing rests there" : `there rest ${rest}`}`,
      ),
    );
  } catch (error) {
    if (error instanceof NoGatewayError) list.skip("gateway", `none runs at ${gateway.url}`);
    else list.skip("gateway", error instanceof Error ? error.message.replaceAll("\n", " ") : String(error));
  }
}
