import { request } from "undici";
import { z } from "zod";
import type { Config } from "../../config.ts";
import { localUrl } from "../local-url.ts";
import { UsageError } from "../usage-error.ts";
import type { Target, TargetModel } from "./client.ts";

const listedModel = z
  .object({ id: z.string(), context_length: z.number().int().positive().optional() })
  .transform(({ id, context_length: contextLength }): TargetModel => ({ id, contextLength }));
/** `models`: the same in the form of Codex's catalogue, from gateways that have it. */
const modelList = z.object({
  data: z.array(listedModel),
  models: z.array(z.object({ slug: z.string() })).optional(),
});
const refusal = z.object({ error: z.object({ message: z.string() }) });

/** The gateway as its administrator's configuration, or the caller, names it. */
interface Gateway {
  readonly url: string;
  readonly apiKey: string;
}

/**
 * Asks the running gateway for its models and makes a target of the answer. `options.url` wins over the
 * address in the configuration; `options.model` may be an alias. Throws `UsageError` when the gateway can't be
 * reached, refuses the key or does not know the model.
 */
export async function findTarget(
  config: Config,
  options: { readonly url?: string; readonly model?: string },
): Promise<Target> {
  const url = (options.url ?? config.PUBLIC_URL ?? localUrl(config)).replace(/\/+$/, "").replace(/\/v1$/, "");
  const apiKey = config.BEARER_TOKEN === "" ? "akashchat" : config.BEARER_TOKEN;
  const gateway = { url, apiKey };
  // With this version in the query, a gateway that has a catalogue for Codex gives it.
  const { data, models = [] } = await fetchJson(gateway, "/v1/models?client_version=0.171.0", modelList);
  // The gateway's list says nothing of a kind that every client reads, but its image models say AkashGen.
  const chatModels = data.filter(({ id }) => !/^akashgen/i.test(id));
  const model =
    options.model === undefined ? chatModels[0] : await findModel(gateway, chatModels, options.model);
  if (model === undefined) throw new UsageError(`The gateway at ${url} offers no chat model now.`);
  return {
    url,
    apiKey,
    model,
    models: [model, ...chatModels.filter(({ id }) => id !== model.id)],
    imageModel: data.find(({ id }) => /^akashgen/i.test(id))?.id,
    codexCatalogue: models.some(({ slug }) => slug === model.id),
  };
}

/** An alias keeps its name, because clients know names, and takes the length of the model it stands for. */
async function findModel(gateway: Gateway, listed: readonly TargetModel[], id: string): Promise<TargetModel> {
  const found = listed.find((model) => model.id === id);
  if (found !== undefined) return found;
  const meant = await fetchJson(gateway, `/v1/models/${encodeURIComponent(id)}`, listedModel);
  return { id, contextLength: meant.contextLength, ...(meant.id === id ? {} : { standsFor: meant.id }) };
}

async function fetchJson<T>({ url, apiKey }: Gateway, path: string, schema: z.ZodType<T>): Promise<T> {
  let status: number;
  let body: unknown;
  try {
    const response = await request(url + path, {
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
  const refused = refusal.safeParse(body);
  if (status >= 400 && refused.success) throw new UsageError(refused.data.error.message);
  const read = schema.safeParse(body);
  if (!read.success)
    throw new UsageError(`${url}${path} answered ${status}, not with what a gateway answers.`);
  return read.data;
}
