import { z } from "zod";

import { findBaseUrlProblem } from "../base-url.ts";
import { createModelsSchema, filledText } from "./model-schema.ts";
import { compatibleTypes, setupOf } from "./upstream-types.ts";

/** For editors, which see `${…}` and not what it stands for. */
const orVariable = (pattern: string): string => `${pattern}|\\$\\{`;

const baseUrl = z
  .string()
  .superRefine((text, context) => {
    const problem = findBaseUrlProblem(text);
    if (problem !== undefined) context.addIssue({ code: "custom", message: problem });
  })
  .meta({ pattern: orVariable("^https?://") });

const printable = z
  .string()
  .refine((text) => /^[\x21-\x7e]+$/.test(text), "must be printable ASCII without spaces, and not empty");

/** The gateway's own, or such as belong to one connection. */
const ownHeaders = new Set(
  "accept-encoding,connection,content-encoding,content-length,content-type,expect,host,keep-alive,te,trailer,transfer-encoding,upgrade".split(
    ",",
  ),
);

const headers = z
  .record(
    z.string().superRefine((name, context) => {
      const isToken = /^[!#$%&'*+.^_`|~\w-]+$/.test(name);
      if (isToken && !ownHeaders.has(name.toLowerCase())) return;
      const message = isToken
        ? "is a header that the gateway sets itself. Leave it out"
        : "is no name of a header: letters, digits and -";
      context.addIssue({ code: "custom", message });
    }),
    z
      .string()
      .refine(
        (text) => /^[\t\x20-\x7e\x80-\xff]*$/.test(text),
        "must be one line of Latin letters, as HTTP wants it",
      ),
  )
  .optional()
  .describe("Sent with each request to this upstream. Use ${…} for secrets.");

const timeout = (description: string) => z.int().min(1000).max(3_600_000).optional().describe(description);

const common = {
  name: z
    .string()
    .refine(
      (text) => /^[A-Za-z0-9][\w.-]{0,63}$/.test(text),
      "must be letters, digits, - _ and . (64 at most), without /",
    )
    .meta({
      description: "Your name for it, as in name/model.",
      pattern: "^[A-Za-z0-9][\\w.-]{0,63}$",
    }),
  headers,
  first_byte_timeout_ms: timeout(
    "How long it may be silent before an answer begins. Default: FIRST_BYTE_TIMEOUT_MS.",
  ),
  idle_timeout_ms: timeout("How long it may be silent within an answer. Default: IDLE_TIMEOUT_MS."),
};

const akashChat = z
  .strictObject({
    name: common.name,
    type: z.literal("akash-chat"),
    base_url: baseUrl.optional().describe("Default: AKASH_BASE_URL, with the login of the AKASH_… settings."),
    access_token: printable.optional().describe("The access token of a protected deployment. Use ${…}."),
    cookie: filledText.optional().describe("The cookie of a signed-in browser. Use ${…}."),
    user_agent: filledText.optional().describe("What the gateway calls itself there."),
    headers: common.headers,
    first_byte_timeout_ms: common.first_byte_timeout_ms,
    idle_timeout_ms: common.idle_timeout_ms,
    models: createModelsSchema(["auto", "emulated"]),
  })
  .describe("Akash Chat, the free web chat.");

const models = createModelsSchema(["auto", "native", "emulated"]);

function createCompatibleSchema(type: string) {
  const { baseUrl: usual, keyVariable, underV1, description } = setupOf(type);
  const key = printable.describe(
    keyVariable === undefined ? "Its key, if it wants one. Use ${…}." : `Its key: \${${keyVariable}}.`,
  );
  const path = underV1 ? " Without a path, /v1 is meant." : "";
  return z
    .strictObject({
      name: common.name,
      type: z.literal(type),
      base_url:
        usual === undefined
          ? baseUrl.describe(`The address of its API.${path}`)
          : baseUrl.optional().describe(`The address of its API. Default: ${usual}.${path}`),
      api_key: keyVariable === undefined ? key.optional() : key,
      headers: common.headers,
      first_byte_timeout_ms: common.first_byte_timeout_ms,
      idle_timeout_ms: common.idle_timeout_ms,
      models,
    })
    .describe(description);
}

/** One entry of `upstreams`, by its `type`. */
export const upstreamSchema = z.discriminatedUnion("type", [
  akashChat,
  ...compatibleTypes.map(createCompatibleSchema),
]);

/** Whether an entry is a web chat. */
export function isWebChatInput(entry: z.output<typeof upstreamSchema>): entry is z.output<typeof akashChat> {
  return entry.type === "akash-chat";
}

/** The keys that an upstream of this type may have. */
export function upstreamKeys(type: unknown): readonly string[] {
  const schema = upstreamSchema.options.find((option) => option.shape.type.value === type);
  return Object.keys(schema?.shape ?? akashChat.shape);
}

/** The keys that the `models` of an upstream may have. */
export const modelsKeys: readonly string[] = Object.keys(models.unwrap().shape);

/** All keys that upstreams of any type may have. */
export const allUpstreamKeys: readonly string[] = [
  ...new Set(upstreamSchema.options.flatMap((option) => Object.keys(option.shape))),
];
