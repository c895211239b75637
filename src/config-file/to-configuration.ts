import { tidyBaseUrl } from "../base-url.ts";
import { withoutUndefined } from "../model/without-undefined.ts";
import type { ModelOptions, UpstreamModels } from "../upstreams/model-options.ts";
import type { UpstreamEntry, WebChatEntry } from "../upstreams/upstream-entry.ts";
import type { GatewayConfiguration } from "./configuration.ts";
import type { ConfigFile, UpstreamEntry as EntryInput } from "./file-schema.ts";
import { isSameName } from "./judge-model-name.ts";
import type { ModelOptionsInput } from "./model-schema.ts";
import { webChatOf, type ConfigurationSettings } from "./settings.ts";
import { isWebChatInput } from "./upstream-schema.ts";
import { setupOf } from "./upstream-types.ts";

/** Where the web chat is and who is signed in there, as the `AKASH_…` settings say. They belong together. */
export type WebChat = Pick<WebChatEntry, "baseUrl" | "accessToken" | "cookie" | "userAgent">;

/**
 * The configuration that a file means. A web chat without an address of its own is that of the settings, and behind the
 * file's aliases stand those of `MODEL_ALIASES` whose names it has not itself.
 */
export function toConfiguration(
  content: ConfigFile,
  file: string,
  settings: ConfigurationSettings,
): GatewayConfiguration {
  const webChat = webChatOf(settings);
  const aliases = Object.entries(content.aliases ?? {}).map(([from, to]) => ({ from, to }));
  const names = [...Object.keys(content.models ?? {}), ...aliases.map(({ from }) => from)];
  return {
    file,
    upstreams: content.upstreams.map((entry) => toUpstream(entry, webChat)),
    models: Object.entries(content.models ?? {}).map(([name, targets]) => ({
      name,
      targets: targets.map((target) => {
        const slash = target.indexOf("/");
        return { upstream: target.slice(0, slash), model: target.slice(slash + 1) };
      }),
    })),
    aliases: [
      ...aliases,
      ...settings.MODEL_ALIASES.filter(({ from }) => !names.some((name) => isSameName(name, from))),
    ],
  };
}

function toUpstream(entry: EntryInput, webChat: WebChat): UpstreamEntry {
  const common = {
    name: entry.name,
    headers: entry.headers ?? {},
    firstByteTimeoutMs: entry.first_byte_timeout_ms,
    idleTimeoutMs: entry.idle_timeout_ms,
    models: toModels(entry.models),
  };
  if (isWebChatInput(entry)) {
    // The login of one address is never sent to another.
    const login = entry.base_url === undefined ? webChat : undefined;
    return {
      ...common,
      type: entry.type,
      baseUrl: tidyBaseUrl(entry.base_url ?? webChat.baseUrl, false),
      accessToken: entry.access_token ?? login?.accessToken,
      cookie: entry.cookie ?? login?.cookie,
      userAgent: entry.user_agent ?? webChat.userAgent,
    };
  }
  const { baseUrl = "", underV1 } = setupOf(entry.type);
  return {
    ...common,
    type: entry.type,
    baseUrl: tidyBaseUrl(entry.base_url ?? baseUrl, underV1),
    apiKey: entry.api_key,
  };
}

/** What nothing is said of. */
export const noModelOptions: UpstreamModels = { all: {}, overrides: [], include: undefined };

function toModels(entry: EntryInput["models"]): UpstreamModels {
  if (entry === undefined) return noModelOptions;
  const { include, overrides = {}, ...all } = entry;
  return {
    all: toModelOptions(all),
    overrides: Object.entries(overrides).map(([match, options]) => ({
      match,
      options: toModelOptions(options),
    })),
    include,
  };
}

function toModelOptions(entry: ModelOptionsInput): ModelOptions {
  const options = {
    tools: entry.tools,
    parallelToolCalls: entry.parallel_tool_calls,
    jsonSchema: entry.json_schema,
    jsonObject: entry.json_object,
    reasoning: entry.reasoning,
    stop: entry.stop,
    images: entry.images,
    contextLength: entry.context_length,
    maxOutputLength: entry.max_output_length,
    price: entry.price,
  };
  return withoutUndefined(options);
}
