import type {
  ScriptedEdgeError,
  ScriptedIncident,
  ScriptedReply,
  SimulatorOptions,
} from "../../../../src/simulator/index.ts";
import { post } from "../../../support/post.ts";
import type { Stack } from "../../../support/start-stack.ts";

/** How a fault is brought about. What the client shall get of it stands in docs/failures.md, and nowhere else. */
export interface Fault {
  /** The replies to the chat requests that one request leads to, in order; the last one is for all that follow. */
  readonly chat?: readonly ScriptedReply[];
  /** A fault that strikes after the third of any four deltas, whatever they hold: also inside a call or JSON. */
  readonly within?: (deltas: readonly string[]) => ScriptedReply;
  /** What the model had said by then, if it is not the usual. */
  readonly said?: string;
  /** What happens on other routes, by path. */
  readonly elsewhere?: Readonly<Record<string, readonly ScriptedIncident[]>>;
  readonly simulator?: SimulatorOptions;
  readonly env?: Readonly<Record<string, string>>;
  /** Nothing comes, for longer than the gateway waits. */
  readonly silent?: boolean;
  /** The gateway's AKASH_BASE_URL in place of the simulator's. */
  readonly baseUrl?: (simulatorUrl: string) => string;
  readonly model?: string;
  /** It strikes before anything that could be held back. */
  readonly early?: boolean;
  /** What happened before the request. */
  readonly before?: (stack: Stack) => Promise<void>;
  /** The gateway has no chance to recover from it within the test. */
  readonly lasting?: boolean;
}

/** Faults by the words with which the table names them. */
export type Faults = Readonly<Record<string, Fault>>;

/** A secret that must not come out, in the form of the upstream's session tokens. */
export const secret = "0123456789abcdef0123456789abcdef";

/** A web page with the secret in it. */
export const page = `<html><body>${secret} <b>oops</b></body></html>`;

/** The usual answer. */
export const deltas = ["Eins ", "zwei ", "drei ", "vier"];

/** The end of an answer, as the upstream's stream has it. */
export const normalEnd = 'e:{"finishReason":"stop"}\nd:{"finishReason":"stop"}\n';

/** Never opens. */
export const never = new Promise<void>(() => {});

/** Where the upstream gives out sessions. */
export const sessionPath = "/api/auth/session";

/** Where the upstream lists its models. */
export const listPath = "/api/models";

/** The head of a reply with a stream, for replies that are written byte by byte. */
export const streamHead = "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\nx-vercel-ai-data-stream: v1\r\n";

/** Any HTTP reply, with a cookie that is nobody's business. */
export function http(
  status: number,
  body: string | object = "",
  headers: Record<string, string> = {},
): ScriptedEdgeError {
  return { kind: "http", status, body, headers: { "set-cookie": `session_token=${secret}`, ...headers } };
}

/** An HTTP page. */
export function htmlPage(status: number, headers: Record<string, string> = {}): ScriptedEdgeError {
  return { kind: "http", status, body: page, contentType: "text/html", headers };
}

/** A fault of the chat route, each time. */
export function instead(error: ScriptedEdgeError): Fault {
  return { chat: [{ error }] };
}

/** A fault of the chat route the first time, after which it answers. */
export function first(error: ScriptedEdgeError): Fault {
  return { chat: [{ error }, { text: deltas }] };
}

/** A limit that stays: what came upon it is refused from then on, so no other test may share the gateway. */
export function lasting(error: ScriptedEdgeError): Fault {
  return { ...instead(error), env: {}, lasting: true };
}

/** A limit that a chat has come upon before. */
export const spentBefore: Fault = {
  env: {},
  lasting: true,
  early: true,
  async before({ url, simulator }) {
    simulator.enqueue({ error: { kind: "usage" } });
    const body = { model: "DeepSeek-V3.2", messages: [{ role: "user", content: "Hi" }] };
    const { status } = await post(`${url}/v1/chat/completions`, body);
    if (status !== 402) throw new Error(`The limit was not met: ${status}`);
  },
};

/** More often than anything is asked for. */
const often = 12;

/** What happens on another route each time. */
export function eachTime(
  path: string,
  error: ScriptedEdgeError,
): Readonly<Record<string, readonly ScriptedIncident[]>> {
  return { [path]: Array.from({ length: often }, () => ({ error })) };
}

/** A fault of another route, each time. */
export function always(path: string, error: ScriptedEdgeError): Fault {
  return { elsewhere: eachTime(path, error), chat: [{ text: deltas }] };
}

/** A fault of another route, the first time. */
export function once(path: string, error: ScriptedEdgeError): Fault {
  return { elsewhere: { [path]: [{ error }] }, chat: [{ text: deltas }] };
}
