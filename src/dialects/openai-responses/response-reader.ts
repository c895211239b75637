import type { OutputItem, ResponseObject, WireEvent } from "./wire.ts";

/** The response that events tell of, as far as they were read. */
export interface ResponseReader {
  /** Undefined before the first event that holds it. */
  readonly response: ResponseObject | undefined;
  push(event: WireEvent): void;
}

/** What this gateway's events say of the response as a whole. */
interface Told extends WireEvent {
  readonly response?: ResponseObject;
  readonly output_index?: number;
  readonly item?: OutputItem;
}

/** Creates a reader of the events that a `ResponseWriter` has written, from the first on. A gap before the last does no harm: that holds all. */
export function createResponseReader(): ResponseReader {
  let known: ResponseObject | undefined;
  /** In place of those of the response. */
  let output: readonly OutputItem[] = [];

  return {
    get response() {
      return known === undefined ? undefined : { ...known, output };
    },
    push(event) {
      const { type, response, output_index: index, item }: Told = event;
      if (response !== undefined) {
        known = response;
        output = response.output;
      } else if (type === "response.output_item.done" && item !== undefined) {
        output = [...output.slice(0, index), item];
      }
    },
  };
}

/** The event that ends a response which its writer can't end any more. There is none for a cancelled one: see `ResponseWriter`. */
export function encodeEnd(
  response: ResponseObject,
  end: Pick<ResponseObject, "status" | "error">,
  sequence: number,
): WireEvent {
  return { type: "response.failed", sequence_number: sequence, response: { ...response, ...end } };
}
