import type { z } from "zod";

import type { ErrorKind, GatewayError } from "../errors.ts";

/** What becomes of a parameter; docs/api.md says what each of the words means. */
export type Support = "honoured" | "refused" | "ignored" | "by upstream";

/**
 * A row of a table of parameters in docs/api.md, whose text a test holds to it: one name or several, as clients spell them (`a.b` is the
 * field `b` of `a`), what becomes of them, and more in Markdown.
 */
export type ParameterRow = readonly [names: string | readonly string[], support: Support, note?: string];

/** Where a parameter stands that is not in a body. */
export interface Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly description: string;
  readonly schema: z.ZodType;
  /** Default: those of the path are. */
  readonly required?: boolean;
  readonly support?: Support;
  readonly example?: string | number;
}

/** A request as a program may send it, and the status of its answer. Tests send each of them, and judge what comes by the document. */
export interface Example {
  readonly summary: string;
  /** By the names of the operation's parameters. */
  readonly parameters?: Readonly<Record<string, string | number>>;
  readonly body?: Readonly<Record<string, unknown>>;
  readonly status: number;
  /** Of the answer, where it has another form than the first of that status. */
  readonly mediaType?: string;
}

/** What an answer holds in one form. */
export interface Content {
  /**
   * Of a whole body; of a stream whose events have no names, of the JSON of each `data`; of lines of JSON, of each line: one of these. Without any
   * it is any text or bytes.
   */
  readonly schemas?: readonly z.ZodType[];
  readonly example?: unknown;
  /** Of a stream: its events by their names. */
  readonly events?: Readonly<Record<string, z.ZodType>>;
  /** Of a stream: the `data` that is no JSON and ends it. */
  readonly end?: string;
  /** Of lines of JSON: what the last one is, which no other is; one of these. */
  readonly last?: readonly z.ZodType[];
}

/** An answer that is none of an error of `failures`. */
export interface Answer {
  readonly status: number;
  readonly description: string;
  /** Those of `answerHeaders` that it may have, beside those that each answer has. */
  readonly headers?: readonly string[];
  /** By media type. */
  readonly contents?: Readonly<Record<string, Content>>;
}

/** The kinds of errors that requests of one sort may end with. */
export interface FailureSet {
  /** In the names of the document's parts. */
  readonly name: string;
  readonly kinds: readonly ErrorKind[];
}

/** How errors look in one API. */
export interface ErrorForm {
  /** In the names of the document's parts. */
  readonly name: string;
  readonly schema: z.ZodType;
  readonly encode: (error: GatewayError) => { readonly status: number; readonly body: unknown };
}

/**
 * What opens a route: any key of the gateway, where it wants one; ADMIN_TOKEN alone; METRICS_TOKEN alone; a link that carries its own
 * permission; or nothing.
 */
export type Lock = "key" | "admin" | "metrics" | "none";

/** A route, and all that is to be known of it. */
export interface Operation {
  /** The method and the path, with its parameters in braces: `GET /v1/responses/{id}`. */
  readonly route: string;
  /** In programs that are generated from the document: `createResponse`. */
  readonly id: string;
  readonly summary: string;
  /** Markdown. */
  readonly description?: string;
  readonly lock: Lock;
  readonly parameters?: readonly Parameter[];
  readonly body?: {
    readonly schema: z.ZodType;
    /** Default: the operation's request has one always. */
    readonly isOptional?: boolean;
    /** What is said of its fields. */
    readonly fields?: readonly ParameterRow[];
    /** Default: JSON. */
    readonly mediaType?: string;
  };
  /** At least one. */
  readonly examples: readonly Example[];
  readonly answers: readonly Answer[];
  readonly failures: FailureSet;
}

/** The operations of one API, or of one part of the gateway's own. */
export interface Reference {
  /** What groups them, for readers. */
  readonly title: string;
  readonly description: string;
  /** What its errors look like; several where it is as the caller speaks. */
  readonly errorForms: readonly ErrorForm[];
  /** What gets a name in the document; what is named nowhere stands where it is used. */
  readonly schemas: Readonly<Record<string, z.ZodType>>;
  readonly operations: readonly Operation[];
}

/** What may go wrong with a request that asks for no more than what the gateway knows. */
export const lookupFailures: FailureSet = {
  name: "Lookup",
  kinds: [
    "invalid-request",
    "unauthenticated",
    "forbidden",
    "not-found",
    "rate-limited",
    "internal",
    "overloaded",
  ],
};

/** What may go wrong with a request whose body is read, and that asks no model. */
export const bodyFailures: FailureSet = {
  name: "Body",
  kinds: [...lookupFailures.kinds, "unsupported", "model-not-found", "payload-too-large", "context-length"],
};

/** What may go wrong with a request that asks a model. */
export const answerFailures: FailureSet = {
  name: "Answer",
  kinds: [
    ...bodyFailures.kinds,
    "content-filtered",
    "budget-exhausted",
    "credit-exhausted",
    "image-declined",
    "aborted",
    "upstream-unauthorized",
    "upstream-unavailable",
    "upstream-protocol",
    "upstream-truncated",
    "output-invalid",
    "upstream-timeout",
  ],
};

/** What may go wrong with a request that asks for models, but no model. */
export const modelFailures: FailureSet = {
  name: "Models",
  kinds: answerFailures.kinds.filter(
    (kind) => !["image-declined", "content-filtered", "payload-too-large", "output-invalid"].includes(kind),
  ),
};

/** What may go wrong with a request that everybody may send. */
export const openFailures: FailureSet = {
  name: "Open",
  kinds: ["invalid-request", "internal", "overloaded"],
};

/** Names for the schemas of a stream's events: `response.output_text.delta` is `ResponseOutputTextDeltaEvent`, behind a prefix that it lacks. */
export function nameEvents(
  prefix: string,
  events: Readonly<Record<string, z.ZodType>>,
): Readonly<Record<string, z.ZodType>> {
  return Object.fromEntries(
    Object.entries(events).map(([name, event]) => {
      const words = (name.startsWith(prefix) ? name : `${prefix}_${name}`).split(/[._]/);
      return [
        `${words.map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`).join("")}Event`,
        event,
      ];
    }),
  );
}
