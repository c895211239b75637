import type { GatewayError } from "../../errors.ts";

/** How one upstream is, as the server needs it. */
export interface UpstreamStatus {
  readonly name: string;
  /** What kind of server it is, by the `type` of its configuration. */
  readonly type: string;
  /** Nothing is known that keeps all of it from answering. */
  readonly up: boolean;
  /** How many of its models rest on their own. */
  readonly restingModels: number;
  readonly problem:
    | {
        readonly error: GatewayError;
        /** Of a model alone; `undefined`: all of it. */
        readonly model: string | undefined;
        /** Ms since the epoch; `undefined`: it does not rest, but gave no list. */
        readonly rest: { readonly since: number; readonly until: number; readonly told: boolean } | undefined;
      }
    | undefined;
}
