import { z } from "zod";
import type { Config } from "../../config.ts";
import { usageObject, type UsageObject } from "../../dialects/encode-gateway-usage.ts";
import { anyModel } from "../../model/any-model.ts";
import { localUrl } from "../local-url.ts";
import { ownCommand } from "../look-around.ts";
import type { Caller } from "../terminal.ts";
import { UsageError } from "../usage-error.ts";
import { unsetKey } from "./agent-settings.ts";
import { askGateway, type AskedGateway, ownFile, parseJson } from "./ask-gateway.ts";
import type { ProviderName, Target, TargetModel } from "./client.ts";
import { readText } from "./replace-file.ts";

/** What the list has of a model: as a target, and what it is for; `other`: nothing that a client here can use. */
interface ListedTarget {
  readonly model: TargetModel;
  readonly use: "writes" | "draws" | "other";
}

/** `root`: of an alias, the model that it stands for. */
const listedModel = z
  .object({
    id: z.string(),
    root: z.string().nullish(),
    context_length: z.number().int().positive().optional(),
    type: z.string().optional().catch(undefined),
    output_modalities: z.array(z.string()).optional().catch(undefined),
    upstreams: z
      .array(z.object({ name: z.string() }))
      .optional()
      .catch(undefined),
  })
  .transform((listed): ListedTarget => {
    const { id, root, context_length: contextLength, type, output_modalities: gives, upstreams } = listed;
    const standsFor = typeof root === "string" && root !== id ? { standsFor: root } : {};
    const having = upstreams === undefined ? {} : { upstreams: upstreams.map(({ name }) => name) };
    return {
      model: { id, contextLength, ...standsFor, ...having },
      use: useOf(type, gives) ?? (isKnownToDraw(root ?? id) ? "draws" : "writes"),
    };
  });

/** As the list says it; `undefined`: it does not. */
function useOf(
  type: string | undefined,
  gives: readonly string[] | undefined,
): ListedTarget["use"] | undefined {
  if (type === "chat" || (type === undefined && gives?.includes("text") === true)) return "writes";
  if (type === "image" || (type === undefined && gives?.includes("image") === true)) return "draws";
  return type === undefined && gives === undefined ? undefined : "other";
}

/** By its name, which is all that old gateways say. */
function isKnownToDraw(id: string): boolean {
  return /^akashgen/i.test(id);
}

/** `models`: the same in the form of Codex's catalogue, from gateways that have it. */
const modelList = z.object({
  data: z.array(listedModel),
  models: z.array(z.object({ slug: z.string() })).optional(),
});
const refusal = z.object({ error: z.object({ message: z.string() }) });

/** How the caller names the gateway and the model; what is left out is in the configuration. */
export interface TargetOptions {
  readonly url?: string;
  readonly model?: string;
  readonly key?: string;
  /** A file that has the key and nothing else. */
  readonly keyFile?: string;
}

/** A gateway as its administrator's configuration, or the caller, names it. */
export interface Gateway extends AskedGateway {
  /** Whether the key is one that was set. */
  readonly hasKey: boolean;
}

/** The gateway that `url` and `key` name, or, where they don't, the configuration. Throws `UsageError` for what is no address. */
export function findGateway(
  config: Config,
  named: { readonly url: string | undefined; readonly key: string | undefined },
  caller: Caller,
): Gateway {
  const key = named.key ?? config.BEARER_TOKEN;
  const url = findUrl(config, named.url);
  return { url, apiKey: key === "" ? unsetKey : key, hasKey: key !== "", caller };
}

/** Where the gateway is that `named` names, or, without, the configuration. Throws `UsageError` for what is no address. */
export function findUrl(
  config: Pick<Config, "PUBLIC_URL" | "SERVER_ADDRESS">,
  named: string | undefined,
): string {
  return readUrl(named ?? config.PUBLIC_URL ?? localUrl(config));
}

/** The base URL without `/v1`; a host and port alone are meant as http. Throws `UsageError` for what is no address. */
function readUrl(text: string): string {
  const whole = /^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  if (!URL.canParse(whole) || !/^https?:/i.test(whole)) {
    throw new UsageError(`--url: "${text}" is no address such as http://localhost:16571.`);
  }
  return whole.replace(/\/+$/, "").replace(/\/v1$/, "");
}

/**
 * Asks the running gateway for its models and makes a target of the answer. `options.url` wins over the
 * address in the configuration; `options.model` may be an alias. Throws `UsageError` when the gateway can't be
 * reached, refuses the key or does not know the model. Without one it is the gateway's default.
 */
export async function findTarget(config: Config, options: TargetOptions, caller: Caller): Promise<Target> {
  const key = await readKey(options, caller.folder);
  const gateway = findGateway(config, { url: options.url, key }, caller);
  const { url, apiKey } = gateway;
  // With this version in the query, a gateway that has a catalogue for Codex gives it.
  const { data, models = [] } = await fetchJson(gateway, "/v1/models?client_version=0.171.0", modelList);
  const chatModels = data.filter(({ use }) => use === "writes").map(({ model }) => model);
  const model =
    options.model === undefined
      ? await findDefault(gateway, chatModels)
      : await findModel(gateway, chatModels, options.model);
  if (model === undefined) throw new UsageError(`The gateway at ${url} offers no chat model now.`);
  return {
    url,
    apiKey,
    providerName: await nameProvider(gateway, data),
    model,
    models: [model, ...chatModels.filter(({ id }) => id !== model.id)],
    imageModel: data.find(({ use }) => use === "draws")?.model.id,
    codexCatalogue: models.some(({ slug }) => slug === model.id),
  };
}

/** As `Target` has it. Only Akash Chats say what is left, and one may have any name; an old gateway has nothing else. */
async function nameProvider(gateway: Gateway, listed: readonly ListedTarget[]): Promise<ProviderName> {
  const names = listed.flatMap(({ model }) => model.upstreams ?? []);
  if (names.length === 0 || names.includes("akash-chat")) return "Akash Chat";
  const usage = await askUsage(gateway);
  const counts = usage === undefined || usage.upstreams.some(({ state }) => state !== "unknown");
  return counts ? "Akash Chat" : "akashchat-api";
}

/** `undefined`: a gateway of another version, which does not know the route. */
export async function askUsage(gateway: Gateway): Promise<UsageObject | undefined> {
  try {
    return await fetchJson(gateway, "/v1/usage", usageObject);
  } catch (error) {
    if (error instanceof UsageError) return undefined;
    throw error;
  }
}

/** What a header can carry. */
const keyForm = /^[\x21-\x7e]+$/;

async function readKey({ key, keyFile }: TargetOptions, folder: string): Promise<string | undefined> {
  if (keyFile === undefined) {
    if (key === undefined || key === "" || keyForm.test(key)) return key;
    throw new UsageError("--key: a key is printable ASCII without spaces.");
  }
  const text = (await readText(keyFile, folder))?.trim();
  if (text === undefined) throw new UsageError(`--key-file: there is no file ${keyFile}.`);
  if (!keyForm.test(text)) {
    throw new UsageError(`--key-file: ${keyFile} must have the key and nothing else, in one line.`);
  }
  return text;
}

/** A gateway of another version may not know it. */
const defaultModel = listedModel.or(z.unknown().transform(() => undefined));

/** What the gateway takes for `auto`, by its name in the list. */
async function findDefault(
  gateway: Gateway,
  listed: readonly TargetModel[],
): Promise<TargetModel | undefined> {
  if (listed.length === 0) return undefined;
  const meant = await fetchJson(gateway, `/v1/models/${anyModel}`, defaultModel);
  return listed.find(({ id }) => id === meant?.model.id) ?? listed[0];
}

/** An alias keeps its name, because clients know names, and takes the length of the model it stands for. */
async function findModel(gateway: Gateway, listed: readonly TargetModel[], id: string): Promise<TargetModel> {
  const found = listed.find((model) => model.id === id);
  if (found !== undefined) return found;
  const { model: meant, use } = await fetchJson(gateway, `/v1/models/${encodeURIComponent(id)}`, listedModel);
  if (use !== "writes") {
    const others = listed.map((model) => model.id).join(", ");
    const what = use === "draws" ? "draws pictures" : "does not write text";
    throw new UsageError(`--model: ${id} ${what} and can't hold a conversation. Take one of: ${others}.`);
  }
  const { id: known, standsFor = known, ...facts } = meant;
  return { ...facts, id, ...(standsFor === id ? {} : { standsFor }) };
}

/**
 * Asks a gateway for JSON. Throws `NoGatewayError` when nothing answers, `UsageError` when it refuses or is something
 * else.
 */
export async function fetchJson<T>(gateway: Gateway, path: string, schema: z.ZodType<T>): Promise<T> {
  const { url, hasKey, caller } = gateway;
  const { status, text } = await askGateway(gateway, { method: "GET", path });
  if (status === 401) {
    throw new UsageError(
      `The gateway at ${url} wants ${hasKey ? "another key than the one that is set here" : "a key, and none is set here"}.\n` +
        "It is what BEARER_TOKEN is for the gateway. Give it by --key-file <file>, in the environment of this command\n" +
        `(BEARER_TOKEN=... ${ownCommand(caller)} ...), or for good by a line BEARER_TOKEN=... in ${ownFile(caller)}.`,
    );
  }
  const body = parseJson(text);
  const refused = refusal.safeParse(body);
  if (status >= 400 && refused.success) throw new UsageError(refused.data.error.message);
  const read = schema.safeParse(body);
  if (!read.success) {
    throw new UsageError(
      `Something else than a gateway answers at ${url} (status ${status} for ${path.replace(/\?.*/, "")}).\n` +
        "Name the gateway's address with --url.",
    );
  }
  return read.data;
}
