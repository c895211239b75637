import type { ModelAlias } from "../model/model-alias.ts";
import type { UpstreamEntry } from "../upstreams/upstream-entry.ts";

/** Models at one upstream: `model` is an id, or a pattern in which `*` is any text. */
export interface ModelTarget {
  readonly upstream: string;
  readonly model: string;
}

/** A name of the operator's own, and where its answers come from, in the order in which they are asked. */
export interface OwnModel {
  readonly name: string;
  readonly targets: readonly ModelTarget[];
}

/** Which upstreams and names there are: from a file, or from variables. Plain data, so two of them can be compared. */
export interface GatewayConfiguration {
  /** The file that it is from; `undefined`: no file, only variables. */
  readonly file: string | undefined;
  /** All that are used, in the order in which they are asked where nothing else says so. At least one; names are unique. */
  readonly upstreams: readonly UpstreamEntry[];
  readonly models: readonly OwnModel[];
  readonly aliases: readonly ModelAlias[];
}
