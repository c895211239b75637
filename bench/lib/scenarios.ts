import { createAgentSession } from "./agent-session.ts";
import type { Question } from "./client.ts";
import { benchSchema, writeWish, type Wish } from "./marker.ts";
import { checkReply, type Dialect, type Expectation } from "./replies.ts";
import type { Reply } from "./client.ts";
import type { Kind, Target } from "./targets.ts";

/** A request and the judge of its reply. */
export interface Exchange extends Question {
  /** Throws if it is wrong. */
  check(reply: Reply): void;
}

/** A load of which the CPU is measured: each connection sends its next request when it has its reply. */
export interface ClosedScenario {
  readonly kind: "closed";
  readonly id: string;
  readonly title: string;
  readonly unit: "µs/request" | "µs/token" | "ms/turn";
  /** By how much the µs of a request are divided. */
  readonly divisor: number;
  readonly connections: number;
  /** Whose ratio to it is told beside that to the floor. Measured in the same rounds. */
  readonly beside?: string;
  readonly columns: readonly Kind[];
  /** Makes the requests for a target. */
  create(target: Target): () => Exchange;
}

/** Many streams at once, each token alone. */
export interface PacedScenario {
  readonly kind: "paced";
  readonly id: string;
  readonly title: string;
  readonly unit: "µs/token";
  readonly streams: number;
  readonly tokens: number;
  /** ms between two tokens of a stream. */
  readonly every: number;
  readonly columns: readonly Kind[];
  create(target: Target): () => Exchange;
}

/** A load. */
export type Scenario = ClosedScenario | PacedScenario;

const all: readonly Kind[] = ["floor", "gateway", "all on", "compatible", "peer"];
const ours: readonly Kind[] = ["floor", "gateway", "all on"];
const paths: Readonly<Record<Exclude<Dialect, "gemini">, string>> = {
  chat: "/v1/chat/completions",
  messages: "/v1/messages",
  responses: "/v1/responses",
  ollama: "/api/chat",
};

/** Where a request goes, and its body. Gemini's API has the model and the wish for a stream in the path. */
function address(
  dialect: Dialect,
  { model, stream, text, more }: { model: string; stream: boolean; text: string; more: object },
): { readonly path: string; readonly body: string } {
  if (dialect === "gemini") {
    const method = stream ? "streamGenerateContent?alt=sse" : "generateContent";
    return {
      path: `/v1beta/models/${model}:${method}`,
      body: JSON.stringify({ contents: [{ role: "user", parts: [{ text }] }], ...more }),
    };
  }
  const said = dialect === "responses" ? { input: text } : { messages: [{ role: "user", content: text }] };
  return { path: paths[dialect], body: JSON.stringify({ model, stream, ...said, ...more }) };
}

interface Shape {
  readonly dialect?: Dialect;
  readonly stream?: boolean;
  readonly tokens: number;
  readonly every?: number;
  readonly reply?: Wish["reply"];
  readonly choices?: number;
  /** Of the body. */
  readonly more?: Readonly<Record<string, unknown>>;
}

/** Short requests, no two equal, and the judge of their replies. The floor knows Chat Completions alone. */
function createAsker(shape: Shape): (target: Target) => () => Exchange {
  const { stream = false, tokens, every = 0, reply = "text", choices = 1, more = {} } = shape;
  const wish: Wish = { tokens, every, reply };
  return ({ kind, model }) => {
    const dialect = kind === "floor" ? "chat" : (shape.dialect ?? "chat");
    const expected: Expectation =
      kind === "floor" ? { dialect, stream, wish, raw: true } : { dialect, stream, wish, choices };
    let count = 0;
    return () => {
      count += 1;
      const text = `Request ${count}: ${writeWish(wish)}`;
      return {
        ...address(dialect, { model, stream, text, more: kind === "floor" ? {} : more }),
        check: (answer) => (every > 0 ? checkPaced(answer, tokens) : checkReply(answer, expected)),
      };
    };
  };
}

function checkPaced({ status, text }: Reply, tokens: number): void {
  const numbers = Array.from(text.matchAll(/tok(\d+)@\d+ /g), ([, number]) => Number(number));
  const right = numbers.length === tokens && numbers.every((number, index) => number === index);
  if (status !== 200 || !right || !text.endsWith("data: [DONE]\n\n")) {
    throw new Error(
      `wrong paced reply (${status}): ${numbers.length} of ${tokens} tokens; ${text.slice(-300)}`,
    );
  }
}

let agents = 0;

function createAgent(reply: "text" | "call"): (target: Target) => () => Exchange {
  return ({ kind, model }) => {
    agents += 1;
    const session = createAgentSession(agents);
    const wish: Wish = { tokens: 40, every: 0, reply };
    const expected: Expectation =
      kind === "floor"
        ? { dialect: "chat", stream: true, wish, raw: true }
        : { dialect: "messages", stream: true, wish };
    return () => ({
      path: paths.messages,
      body: session.next(wish).replace('"bench"', JSON.stringify(model)),
      check: (answer) => checkReply(answer, expected),
    });
  };
}

const a32 = { kind: "closed", unit: "µs/request", divisor: 1, connections: 32 } as const;
const b = { kind: "closed", unit: "µs/token", divisor: 500, connections: 32 } as const;
const format = { type: "json_schema", json_schema: { name: "plan", strict: true, schema: benchSchema } };
const agent = { kind: "closed", unit: "ms/turn", divisor: 1000, connections: 1, columns: ours } as const;

/** What a target is warmed up with before slow streams: short ones. */
export const warmUp = { connections: 32, create: createAsker({ tokens: 50, stream: true }) } as const;

/** All loads, in the order in which they are run. */
export const scenarios: readonly Scenario[] = [
  {
    ...a32,
    id: "A32",
    title: "50 tokens, whole, 32 connections",
    columns: all,
    create: createAsker({ tokens: 50 }),
  },
  {
    ...a32,
    id: "messages-A32",
    title: "the same by Messages",
    beside: "A32",
    columns: ["gateway"],
    create: createAsker({ tokens: 50, dialect: "messages", more: { max_tokens: 32_000 } }),
  },
  {
    ...a32,
    id: "ollama-A32",
    title: "the same by Ollama's /api/chat",
    beside: "A32",
    columns: ["gateway"],
    create: createAsker({ tokens: 50, dialect: "ollama" }),
  },
  {
    ...a32,
    id: "responses-A32",
    title: "the same by Responses, not stored",
    beside: "A32",
    columns: ["gateway"],
    create: createAsker({ tokens: 50, dialect: "responses", more: { store: false } }),
  },
  {
    ...a32,
    id: "gemini-A32",
    title: "the same by Gemini",
    beside: "A32",
    columns: ["gateway"],
    create: createAsker({ tokens: 50, dialect: "gemini" }),
  },
  {
    ...a32,
    id: "responses-stored",
    title: "the same by Responses, stored",
    beside: "A32",
    columns: ["gateway", "all on"],
    create: createAsker({ tokens: 50, dialect: "responses" }),
  },
  {
    ...a32,
    id: "schema",
    title: "an answer by a JSON schema, whole",
    beside: "A32",
    columns: ["gateway"],
    create: createAsker({ tokens: 50, reply: "json", more: { response_format: format } }),
  },
  {
    ...a32,
    id: "n4",
    title: "n: 4, 50 tokens each, whole",
    beside: "A32",
    columns: ["gateway"],
    create: createAsker({ tokens: 50, choices: 4, more: { n: 4 } }),
  },
  {
    ...b,
    id: "B",
    title: "500 tokens at once, streamed, 32 connections",
    columns: all,
    create: createAsker({ tokens: 500, stream: true }),
  },
  {
    ...b,
    id: "messages-B",
    title: "the same by Messages",
    beside: "B",
    columns: ["gateway"],
    create: createAsker({ tokens: 500, stream: true, dialect: "messages", more: { max_tokens: 32_000 } }),
  },
  {
    ...b,
    id: "ollama-B",
    title: "the same by Ollama's /api/chat",
    beside: "B",
    columns: ["gateway"],
    create: createAsker({ tokens: 500, stream: true, dialect: "ollama" }),
  },
  {
    ...b,
    id: "responses-B",
    title: "the same by Responses, not stored",
    beside: "B",
    columns: ["gateway"],
    create: createAsker({ tokens: 500, stream: true, dialect: "responses", more: { store: false } }),
  },
  {
    ...b,
    id: "gemini-B",
    title: "the same by Gemini",
    beside: "B",
    columns: ["gateway"],
    create: createAsker({ tokens: 500, stream: true, dialect: "gemini" }),
  },
  {
    kind: "closed",
    unit: "µs/token",
    id: "D",
    title: "one stream of 20,000 tokens",
    divisor: 20_000,
    connections: 1,
    columns: all,
    create: createAsker({ tokens: 20_000, stream: true }),
  },
  { ...agent, id: "agent", title: "an agent's turn, answered with text", create: createAgent("text") },
  { ...agent, id: "agent-call", title: "an agent's turn, answered with a call", create: createAgent("call") },
  {
    kind: "paced",
    unit: "µs/token",
    id: "C1000",
    title: "1,000 streams, a token each 100 ms",
    streams: 1000,
    tokens: 50,
    every: 100,
    columns: all,
    create: createAsker({ tokens: 50, stream: true, every: 100 }),
  },
  {
    kind: "paced",
    unit: "µs/token",
    id: "C4000",
    title: "4,000 streams, a token each 400 ms",
    streams: 4000,
    tokens: 20,
    every: 400,
    columns: ours,
    create: createAsker({ tokens: 20, stream: true, every: 400 }),
  },
];

/** The load of that id. Throws if there is none of that kind. */
export function scenarioOf(id: string): ClosedScenario {
  const found = scenarios.find((one) => one.id === id);
  if (found?.kind !== "closed") throw new Error(`no load ${id}`);
  return found;
}

/** The paced load of that id. Throws if there is none. */
export function pacedOf(id: string): PacedScenario {
  const found = scenarios.find((one) => one.id === id);
  if (found?.kind !== "paced") throw new Error(`no paced load ${id}`);
  return found;
}
