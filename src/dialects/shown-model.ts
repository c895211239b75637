import { toolSupport } from "../model/capabilities.ts";
import type { ListedLeg, ListedModel } from "../model/leg.ts";
import type { ModelInfo, Price } from "../model/model-info.ts";

/** A model of the list, as those who encode it need it. */
export interface ShownModel {
  /** May be there under an alias. */
  readonly model: ListedModel;
  /** Whether it takes images. */
  readonly canSee: boolean;
}

/** US dollars, as decimal numbers in text, by OpenRouter's names. What is unknown is left out; "0" is free. */
export interface ShownPrice {
  /** A token of the prompt. */
  readonly prompt?: string;
  /** A token of the answer. */
  readonly completion?: string;
  readonly request?: string;
}

/** What one upstream has of a model, by the names that the whole model has it by. */
export interface ShownUpstream {
  readonly name: string;
  /** Its own id of the model. */
  readonly model: string;
  readonly answers_now: boolean;
  readonly context_length?: number;
  readonly max_output_length?: number;
  readonly tools?: "native" | "emulated";
  readonly pricing?: ShownPrice;
}

/** What the gateway's lists say in every form, beyond what the APIs have fields for. */
export interface ShownFacts {
  /** Whether any upstream does: nothing is known that keeps it from answering. */
  readonly answers_now: boolean;
  /**
   * Who reads calls: the server (`native`), whose calls are checked, or the gateway (`emulated`). Where nobody has said what the server
   * can, it is the one that is tried. Only of models that write.
   */
  readonly tools?: "native" | "emulated";
  /** Of the upstream that answers first now. */
  readonly pricing?: ShownPrice;
  /** In the order in which they are asked. */
  readonly upstreams: readonly ShownUpstream[];
}

/** What every form of the list says of a model. */
export function describeShown(model: ListedModel): ShownFacts {
  return {
    answers_now: model.answersNow,
    ...encodeTerms(model),
    upstreams: model.legs.map(encodeLeg),
  };
}

function encodeLeg({ upstream, model, answersNow }: ListedLeg): ShownUpstream {
  const { contextLength, maxOutputTokens } = model;
  return {
    name: upstream,
    model: model.id,
    answers_now: answersNow,
    ...(contextLength === undefined ? {} : { context_length: contextLength }),
    ...(maxOutputTokens === undefined ? {} : { max_output_length: maxOutputTokens }),
    ...encodeTerms(model),
  };
}

function encodeTerms({ kind, capabilities, price }: ModelInfo): Pick<ShownFacts, "tools" | "pricing"> {
  const pricing = price === undefined ? {} : encodePrice(price);
  return {
    ...(kind === "chat" ? { tools: toolSupport(capabilities) } : {}),
    ...(Object.keys(pricing).length === 0 ? {} : { pricing }),
  };
}

const million = 1_000_000;

/** Prices of a token. */
export function encodePrice({
  inputPerMillion: input,
  outputPerMillion: output,
  perRequest,
}: Price): ShownPrice {
  return {
    ...(input === undefined ? {} : { prompt: toDecimal(input / million) }),
    ...(output === undefined ? {} : { completion: toDecimal(output / million) }),
    ...(perRequest === undefined ? {} : { request: toDecimal(perRequest) }),
  };
}

/** Without an exponent, which not every client reads, nor the noise of binary fractions. */
function toDecimal(value: number): string {
  return value.toFixed(15).replace(/\.?0+$/, "");
}

/** What a request to a model may hold, and its answer; `undefined`: nobody has said. By the words of OpenRouter's lists. */
export interface Modalities {
  readonly input: readonly string[] | undefined;
  readonly output: readonly string[] | undefined;
}

/** What the gateway takes and gives for a model, which may be less than its server would: a chat has no audio and no files. */
export function modalitiesOf({ model, canSee }: ShownModel): Modalities {
  switch (model.kind) {
    case "chat":
      return { input: canSee ? ["text", "image"] : ["text"], output: ["text"] };
    case "image":
      return { input: ["text"], output: ["image"] };
    case "embedding":
      return { input: ["text"], output: ["embeddings"] };
    case "transcription":
      return { input: ["audio"], output: ["text"] };
    case "speech":
      return { input: ["text"], output: ["audio"] };
    default:
      return { input: model.inputModalities, output: model.outputModalities };
  }
}

/** Whether an upstream of the model lets itself be told how much to think, and gives the thinking apart. */
export function hasNativeReasoning({ legs }: Pick<ListedModel, "legs">): boolean {
  return legs.some(({ model }) => model.capabilities?.reasoning === "native");
}
