import { everyAnswer, type AnswerHeaderName, answerHeaders } from "./answer-headers.ts";
import { describeFields, describeSupport, withoutLinks } from "./describe-fields.ts";
import { createFailureWriter, type FailureWriter } from "./failure-answers.ts";
import { introduction, locks, securitySchemes } from "./introduction.ts";
import type { Answer, Content, Example, Operation, Parameter, Reference } from "./reference.ts";
import { createSchemaWriter, type Schema, type SchemaWriter, toChoice } from "./to-json-schema.ts";

/** An OpenAPI 3.1 document but for its `servers`: where the gateway is depends on who asks. */
export type OpenApiDocument = Readonly<Record<string, unknown>> & {
  readonly openapi: "3.1.0";
  readonly paths: Readonly<Record<string, Readonly<Record<string, Schema>>>>;
};

interface Writers {
  readonly schemas: SchemaWriter;
  readonly failures: FailureWriter;
}

/**
 * Creates the document of all operations. It takes some 100 ms, so it is made once, and by the build. Throws where two operations have one route or id, or two
 * schemas one name. Source: https://spec.openapis.org/oas/v3.1.0.html
 */
export function createDocument(
  references: readonly Reference[],
  { version }: { readonly version: string },
): OpenApiDocument {
  const schemas = createSchemaWriter(references.flatMap((reference) => Object.entries(reference.schemas)));
  const writers: Writers = { schemas, failures: createFailureWriter(schemas) };
  const paths: Record<string, Record<string, Schema>> = {};
  const ids = new Set<string>();
  for (const reference of references) {
    for (const operation of reference.operations) {
      const [method = "", path = ""] = operation.route.split(" ");
      const item = (paths[path] ??= {});
      if (ids.has(operation.id) || item[method.toLowerCase()] !== undefined)
        throw new Error(`There are two of ${operation.id}, ${operation.route}.`);
      ids.add(operation.id);
      item[method.toLowerCase()] = writeOperation(operation, reference, writers);
    }
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "akashchat-api",
      version,
      summary: "A gateway to open models, through the API that a client already speaks.",
      description: introduction,
      license: { name: "AGPL-3.0-only", identifier: "AGPL-3.0-only" },
    },
    tags: references.map(({ title, description }) => ({
      name: title,
      description: withoutLinks(description),
    })),
    paths,
    components: {
      schemas: describeNamed(references, schemas),
      responses: writers.failures.components(),
      headers: answerHeaders,
      securitySchemes,
    },
  };
}

/** All schemas that have names, those of bodies with what is said of their fields. */
function describeNamed(references: readonly Reference[], writer: SchemaWriter) {
  const { named } = writer;
  const described: Record<string, Schema> = { ...named };
  for (const { body } of references.flatMap(({ operations }) => operations)) {
    const name = body?.fields === undefined ? undefined : writer.nameOf(body.schema);
    if (name !== undefined) described[name] = describeFields(named[name] ?? {}, body?.fields ?? []);
  }
  return described;
}

function writeOperation(operation: Operation, reference: Reference, writers: Writers): Schema {
  const { body } = operation;
  const parameters = operation.parameters ?? [];
  return {
    operationId: operation.id,
    tags: [reference.title],
    summary: operation.summary,
    ...(operation.description === undefined ? {} : { description: withoutLinks(operation.description) }),
    security: locks[operation.lock],
    ...(parameters.length === 0
      ? {}
      : { parameters: parameters.map((parameter) => writeParameter(parameter, writers)) }),
    ...(body === undefined ? {} : { requestBody: writeBody(body, operation.examples, writers) }),
    responses: {
      ...writeAnswers(operation, writers),
      ...writers.failures.write(operation.failures, reference.errorForms),
    },
  };
}

function writeParameter(
  { name, in: place, description, schema, required, support, example }: Parameter,
  { schemas }: Writers,
): Schema {
  return {
    name,
    in: place,
    required: required ?? place === "path",
    ...(support === undefined
      ? { description: withoutLinks(description) }
      : describeSupport(support, description)),
    schema: schemas.write(schema),
    ...(example === undefined ? {} : { example }),
  };
}

function writeBody(
  { schema, isOptional = false, fields = [], mediaType = "application/json" }: NonNullable<Operation["body"]>,
  examples: readonly Example[],
  { schemas }: Writers,
): Schema {
  // Those that fail are for tests, and hold what the schema forbids.
  const shown = examples.flatMap(({ summary, body: value, status }) =>
    value === undefined || status >= 400 ? [] : [[toExampleName(summary), { summary, value }] as const],
  );
  const told = schemas.write(schema);
  return {
    required: !isOptional,
    content: {
      [mediaType]: {
        schema: schemas.nameOf(schema) === undefined ? describeFields(told, fields) : told,
        ...(shown.length === 0 ? {} : { examples: Object.fromEntries(shown) }),
      },
    },
  };
}

/** What an example is called by programs: its summary, as a name. */
function toExampleName(summary: string): string {
  return summary
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
}

function writeAnswers({ answers, lock }: Operation, writers: Writers): Record<string, Schema> {
  return Object.fromEntries(
    answers.map((answer) => [String(answer.status), writeAnswer(answer, lock === "key", writers)]),
  );
}

/** Any request with a key may be traced, and may ask for it in vain. */
const keyHeaders = ["x-trace", "x-ignored-parameters"] as const satisfies readonly AnswerHeaderName[];

function writeAnswer(
  { description, headers = [], contents = {} }: Answer,
  hasKey: boolean,
  { schemas }: Writers,
): Schema {
  const names = new Set<string>([...everyAnswer, ...(hasKey ? keyHeaders : []), ...headers]);
  const content = Object.entries(contents).map(([mediaType, form]) => [
    mediaType,
    writeContent(form, schemas),
  ]);
  return {
    description: withoutLinks(description),
    headers: Object.fromEntries([...names].map((name) => [name, { $ref: `#/components/headers/${name}` }])),
    ...(content.length === 0 ? {} : { content: Object.fromEntries(content) }),
  };
}

function writeContent(
  { schemas: given = [], example, events = {}, end, last = [] }: Content,
  schemas: SchemaWriter,
): Schema {
  const named = Object.entries(events).map(([name, event]) => [name, schemas.write(event)] as const);
  const endings = last.map((schema) => schemas.write(schema));
  const forms = [
    ...given.map((schema) => schemas.write(schema)),
    ...named.map(([, event]) => event),
    ...endings,
  ];
  return {
    // A text, or bytes.
    schema: forms.length === 0 ? { type: "string" } : toChoice(forms),
    ...(example === undefined ? {} : { example }),
    ...(named.length === 0 ? {} : { "x-stream-events": Object.fromEntries(named) }),
    ...(end === undefined ? {} : { "x-stream-end": end }),
    ...(endings.length === 0 ? {} : { "x-stream-last": toChoice(endings) }),
  };
}
