/** What tests read of the document. */
export interface OpenApi {
  readonly openapi: string;
  readonly servers: readonly { readonly url: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, unknown>>;
    readonly responses: Readonly<Record<string, DocumentedAnswer>>;
    readonly headers: Readonly<Record<string, { readonly schema?: { readonly type?: string } }>>;
  };
}

/** An operation of it. */
export interface DocumentedOperation {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: unknown }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Content>> };
  readonly responses: Readonly<Record<string, DocumentedAnswer | { readonly $ref: string }>>;
}

/** An answer of one. */
export interface DocumentedAnswer {
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly content?: Readonly<Record<string, Content>>;
}

/** A form of a body. */
export interface Content {
  readonly schema: unknown;
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
  readonly "x-stream-events"?: Readonly<Record<string, unknown>>;
  readonly "x-stream-end"?: string;
  readonly "x-stream-last"?: unknown;
}

/** Whether an operation answers `HEAD`, so that its answers have no bodies. */
export function isHead({ paths }: OpenApi, id: string): boolean {
  return Object.values(paths).some((item) => item["head"]?.operationId === id);
}

/** The operations, by their ids. */
export function listOperations(document: OpenApi): ReadonlyMap<string, DocumentedOperation> {
  const all = Object.values(document.paths).flatMap((item) => Object.values(item));
  return new Map(all.map((operation) => [operation.operationId, operation]));
}

/** What an operation answers with a status, which must be one of those that it names. */
export function findAnswer(document: OpenApi, id: string, status: number): DocumentedAnswer {
  const found = listOperations(document).get(id)?.responses[String(status)];
  if (found === undefined) throw new Error(`${id} has no ${status} in the document.`);
  if (!("$ref" in found)) return found;
  const named = document.components.responses[found.$ref.split("/").at(-1) ?? ""];
  if (named === undefined) throw new Error(`${found.$ref} is not there.`);
  return named;
}
