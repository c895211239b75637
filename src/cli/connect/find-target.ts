import { request } from "undici";
import { z } from "zod";
import type { Config } from "../../config.ts";
import { localUrl } from "../local-url.ts";
import { UsageError } from "../usage-error.ts";
import type { Target } from "./client-setup.ts";

const modelList = z.object({ data: z.array(z.object({ id: z.string() })) });

/**
 * Asks the running gateway for its models and makes a target of the answer. `options.url` wins over the
 * address in the configuration. Throws `UsageError` when the gateway can't be reached or refuses the key.
 */
export async function findTarget(
  config: Config,
  options: { readonly url?: string; readonly model?: string },
): Promise<Target> {
  const url = (options.url ?? config.PUBLIC_URL ?? localUrl(config)).replace(/\/+$/, "").replace(/\/v1$/, "");
  const apiKey = config.BEARER_TOKEN === "" ? "akashchat" : config.BEARER_TOKEN;
  const ids = await fetchModelIds(url, apiKey);
  // The gateway's list says nothing of a kind that every client reads, but its image models say AkashGen.
  const chatIds = ids.filter((id) => !/^akashgen/i.test(id));
  const model = options.model ?? chatIds[0];
  if (model === undefined) throw new UsageError(`The gateway at ${url} offers no chat model now.`);
  return {
    url,
    apiKey,
    model,
    models: [model, ...chatIds.filter((id) => id !== model)],
    imageModel: ids.find((id) => /^akashgen/i.test(id)),
  };
}

async function fetchModelIds(url: string, apiKey: string): Promise<string[]> {
  let status: number;
  let body: unknown;
  try {
    const response = await request(`${url}/v1/models`, {
      headers: { authorization: `Bearer ${apiKey}` },
      headersTimeout: 30_000,
    });
    status = response.statusCode;
    body = await response.body.json();
  } catch (error) {
    throw new UsageError(
      `No gateway answers at ${url} (${error instanceof Error ? error.message : String(error)}).\n` +
        "Start it first (akashchat-api serve, or demo), or name it with --url.",
    );
  }
  if (status === 401) throw new UsageError(`The gateway at ${url} wants another BEARER_TOKEN.`);
  const list = modelList.safeParse(body);
  if (!list.success) throw new UsageError(`${url}/v1/models answered ${status}, not with a list of models.`);
  return list.data.data.map(({ id }) => id);
}
