import { encodeSseEvent, escapeLineBreaks } from "../../stream/sse.ts";
import type { StreamEncoder } from "../dialect.ts";
import type { ResponseWriter } from "./response-writer.ts";
import type { ResponseObject, WireEvent } from "./wire.ts";

/** The JSON of lists of tools, which are told with each response and are the same in each turn. */
const written = new WeakMap<object, string>();

function writeTools(tools: object): string {
  const json = written.get(tools) ?? escapeLineBreaks(JSON.stringify(tools));
  written.set(tools, json);
  return json;
}

/** An object as `JSON.stringify` writes it, fit for a frame; `write` gives the JSON of the members that it knows better. */
function writeObject(value: object, write: (key: string, member: unknown) => string | undefined): string {
  let text = "";
  for (const [key, member] of Object.entries(value)) {
    if (member === undefined) continue;
    const json = write(key, member) ?? escapeLineBreaks(JSON.stringify(member));
    text += `${text === "" ? "{" : ","}${escapeLineBreaks(JSON.stringify(key))}:${json}`;
  }
  return text === "" ? "{}" : `${text}}`;
}

/** An event that holds the response: most of that are its tools. */
function writeEvent(event: WireEvent): string {
  return writeObject(event, (key, member) =>
    key === "response" && isObject(member)
      ? writeObject(member, (name, tools) =>
          name === "tools" && Array.isArray(tools) ? writeTools(tools) : undefined,
        )
      : undefined,
  );
}

function isFilled(list: unknown): boolean {
  return Array.isArray(list) && list.length > 0;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The frame of one event. OpenAI ends a stream with its terminal event and sends no `[DONE]` here. */
export function encodeWireEvent(event: WireEvent): string {
  const { response } = event;
  return isObject(response) && "tools" in response && isFilled(response.tools)
    ? `event: ${event.type}\ndata: ${writeEvent(event)}\n\n`
    : encodeSseEvent(event.type, JSON.stringify(event));
}

/**
 * Creates the encoder of a response's stream. `onEnd` gets the final response just before its terminal
 * frame is given out.
 */
export function createStreamEncoder(
  writer: ResponseWriter,
  onEnd: (response: ResponseObject) => void,
): StreamEncoder {
  function encode(events: readonly WireEvent[]): string {
    let text = "";
    for (const event of events) text += encodeWireEvent(event);
    if (events.length > 0 && writer.ended) onEnd(writer.response());
    return text;
  }

  return {
    push: (event) => encode(writer.push(event)),
    heartbeat: () => encode(writer.heartbeat()),
    fail: (error) => encode(writer.fail(error)),
  };
}
