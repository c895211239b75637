/** What the upstream shall answer, written into the prompt of a request: all of them pass it on. */
export interface Wish {
  readonly tokens: number;
  /** Milliseconds between two tokens; 0: all at once. Paced tokens carry the time at which they were sent. */
  readonly every: number;
  readonly reply: "text" | "call" | "json";
}

/** Writes a wish. */
export function writeWish({ tokens, every, reply }: Wish): string {
  return `bench(${tokens},${every},${reply})`;
}

/** Finds the last wish in a request's body, however it is encoded. Without one: 50 tokens of text. */
export function readWish(body: string): Wish {
  const at = body.lastIndexOf("bench(");
  const found = at < 0 ? null : /^bench\((\d+),(\d+),(text|call|json)\)/.exec(body.slice(at, at + 60));
  if (found === null) return { tokens: 50, every: 0, reply: "text" };
  const reply = found[3] === "call" || found[3] === "json" ? found[3] : "text";
  return { tokens: Number(found[1]), every: Number(found[2]), reply };
}

/** Microseconds on the clock that all processes of a machine share (`CLOCK_MONOTONIC`). */
export function sharedMicros(): number {
  const [seconds, nanos] = process.hrtime();
  return seconds * 1e6 + Math.floor(nanos / 1000);
}

/** A tool call as the upstream makes it. */
export const benchCall = {
  name: "Read",
  input: { file_path: "/work/shop/src/orders/create-order.ts", limit: 200 },
} as const;

/** A value that fits {@link benchSchema}. */
export const benchValue = {
  title: "Errors in the order service",
  severity: "high",
  files: ["src/orders/create-order.ts", "src/orders/cancel-order.ts"],
  steps: [
    { what: "Read the log of the last hour", minutes: 5 },
    { what: "Repeat the request with the same key", minutes: 10 },
  ],
  done: false,
} as const;

/** The schema of the structured answer. */
export const benchSchema = {
  type: "object",
  properties: {
    title: { type: "string", description: "One line" },
    severity: { type: "string", enum: ["low", "medium", "high"] },
    files: { type: "array", items: { type: "string" } },
    steps: {
      type: "array",
      items: {
        type: "object",
        properties: { what: { type: "string" }, minutes: { type: "integer", minimum: 0 } },
        required: ["what", "minutes"],
        additionalProperties: false,
      },
    },
    done: { type: "boolean" },
  },
  required: ["title", "severity", "files", "steps", "done"],
  additionalProperties: false,
} as const;

/** The pieces in which the upstream gives an answer that is not paced. */
export function piecesOf({ tokens, reply }: Wish): readonly string[] {
  if (reply === "text") return Array.from({ length: tokens }, (_, index) => `tok${index} `);
  const text =
    reply === "json"
      ? JSON.stringify(benchValue)
      : `I look at the file first. \n<tool_call>\n${JSON.stringify({ name: benchCall.name, arguments: benchCall.input })}\n</tool_call>`;
  return text.match(/[^]{1,5}/g) ?? [];
}
