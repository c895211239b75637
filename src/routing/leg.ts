import type { ModelInfo } from "../model/model-info.ts";

/** What a model takes or gives. */
export type Modality = "text" | "image" | "audio" | "video" | "file";

/** What a model costs, in USD per million tokens. An absent figure is unknown; 0 is free. */
export interface Price {
  readonly input?: number;
  readonly output?: number;
}

/** A model as one upstream lists it. What is absent, the upstream does not say. */
export interface OfferedModel extends ModelInfo {
  /** Tokens that an answer may have. */
  readonly outputLimit?: number;
  readonly input?: readonly Modality[];
  readonly output?: readonly Modality[];
  /** `native`: the upstream reads and writes calls; `emulated`: the gateway does it in text. */
  readonly tools?: "native" | "emulated";
  readonly price?: Price;
}

/** One way to answer a request: a model at an upstream. */
export interface Leg {
  /** The upstream's name, unique among all. */
  readonly upstream: string;
  /** `id` is what goes on the wire there. */
  readonly model: OfferedModel;
}

/** The same for the same model at the same upstream, and for no other. For maps and the log: `web/DeepSeek-V3.2`. */
export function legKey({ upstream, model }: Leg): string {
  return `${upstream}/${model.id}`;
}
