import { GatewayError } from "../../errors.ts";
import type { ModelInfo } from "../../model/model-info.ts";
import type { StartTimer } from "../../stream/with-idle-timeout.ts";
import { createRenewal } from "../create-renewal.ts";
import type { UpstreamLog } from "../http/upstream-log.ts";
import type { UpstreamModels } from "../model-options.ts";
import type { RefreshOptions } from "../upstream.ts";
import { readOptions, selectIds } from "../read-options.ts";
import type { Learning } from "./create-learning.ts";
import type { CompatibleServer } from "./create-server.ts";
import type { ModelDetails } from "./decode-details.ts";
import type { ListedModel } from "./decode-models.ts";
import { describeModel } from "./describe-model.ts";
import { createDescribedList } from "./described-list.ts";
import { fetchDetails } from "./fetch-details.ts";
import { fetchList, type FetchedList } from "./fetch-list.ts";
import { listParameters } from "./list-parameters.ts";
import { withoutReasoning, type ServerRules } from "./server-rules.ts";

/** What is known of a server's models. Asking for them is never in the way of a request for long. */
export interface Models {
  /** As `Upstream.listModels`. */
  list(signal: AbortSignal): Promise<readonly ModelInfo[]>;
  /** As `Upstream.refreshModels`. */
  refresh(signal: AbortSignal, options?: RefreshOptions): Promise<readonly ModelInfo[]>;
  /** What is known of a model without asking. */
  describe(id: string): ModelInfo | undefined;
  /** Of a model that is in no list, too. */
  describeAny(id: string): ModelInfo;
  /** Whether it can't be told how much to think, nor be given its thinking back. */
  isWithoutReasoning(id: string): boolean;
  /** The settings of sampling that it takes, in the server's words. */
  samplingNames(id: string): ReadonlySet<string> | undefined;
  /** The first model that draws. */
  findImageModel(): string | undefined;
  /** The rules of the server, as far as it is recognised. */
  readonly rules: ServerRules;
  /** The server refused a model: the list is renewed in the background, unless that happened a moment ago. */
  doubt(): void;
  close(): void;
}

/** What the models are kept with. */
export interface ModelsOptions {
  readonly server: CompatibleServer;
  readonly baseUrl: string;
  /** Those of the configured type. */
  readonly rules: ServerRules;
  readonly models: UpstreamModels;
  readonly learning: Learning;
  readonly cacheMs: number;
  readonly log: UpstreamLog;
  readonly now: () => number;
  readonly startTimer: StartTimer;
}

/** Creates the keeper of a server's models. */
export function createModels(options: ModelsOptions): Models {
  const { server, learning, log, cacheMs } = options;
  const { include } = options.models;
  /** By id. */
  let listed: ReadonlyMap<string, ListedModel> | undefined;
  /** What can't be asked for now holds until it can. */
  const details = new Map<string, ModelDetails>();
  let offered: readonly string[] = selectIds([], include);
  let { rules } = options;
  let failing = false;

  const renewal = createRenewal({
    renew,
    isKnown: () => listed !== undefined,
    onFailure(error) {
      if (failing) log.debug({ err: error }, `${server.title} still gives no list of models`);
      else
        log.warn(
          { err: error },
          `${server.title} gives no list of models; what is known of them stays in use`,
        );
      failing = true;
    },
    toLateError: () =>
      new GatewayError("upstream-timeout", `The list of models of ${server.title} did not come in time.`),
    cacheMs,
    now: options.now,
    startTimer: options.startTimer,
  });

  async function renew(signal: AbortSignal): Promise<number> {
    const list = await fetchList(options, signal);
    use(list);
    if (failing) log.info({}, `${server.title} gives its list of models again`);
    failing = false;
    await fetchDetails(server, list, (id, found) => details.set(id, found), signal);
    return cacheMs;
  }

  function use(list: FetchedList): void {
    rules = list.rules;
    const known = new Map(list.models.map((one) => [one.model.id, one]));
    listed = known;
    offered = selectIds([...known.keys()], include);
    for (const id of details.keys()) if (!known.has(id)) details.delete(id);
    for (const { model, mark } of list.models) learning.see(model.id, mark);
  }

  const described = createDescribedList(read, describeAny);

  function read(id: string) {
    return {
      server: rules.capabilities,
      listed: listed?.get(id)?.model,
      details: details.get(id),
      learned: learning.of(id),
    };
  }

  function know(id: string): ModelInfo {
    return describeModel(id, { ...read(id), operator: readOptions(options.models, id) });
  }

  function isWithoutReasoning(id: string): boolean {
    if (learning.of(id)?.capabilities?.reasoning === "emulated") return true;
    if (readOptions(options.models, id).capabilities.reasoning !== undefined) return false;
    return know(id).capabilities?.reasoning === "emulated";
  }

  function describeAny(id: string): ModelInfo {
    const used = isWithoutReasoning(id) ? withoutReasoning(rules) : rules;
    return {
      ...know(id),
      parameters: listParameters(used, {
        taken: listed?.get(id)?.samplingNames,
        refused: learning.of(id)?.refusedFields,
      }),
      takesThinking: used.reasoningFields.length > 0,
    };
  }

  /** What is known, or named by the operator; throws why nothing is. */
  function give(): readonly ModelInfo[] {
    if (listed === undefined && offered.length === 0) throw renewal.failure;
    return described.of(offered);
  }

  return {
    async list(signal) {
      await renewal.want(signal);
      return give();
    },
    async refresh(signal, asked) {
      await renewal.demand(signal, asked);
      return give();
    },
    describe: (id) => (offered.includes(id) ? describeAny(id) : undefined),
    describeAny,
    isWithoutReasoning,
    samplingNames: (id) => listed?.get(id)?.samplingNames,
    findImageModel: () => offered.find((id) => listed?.get(id)?.model.kind === "image"),
    get rules() {
      return rules;
    },
    doubt: () => renewal.doubt(),
    close: () => renewal.close(),
  };
}
