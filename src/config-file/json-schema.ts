import { z } from "zod";

import { fileSchema } from "./file-schema.ts";

/**
 * The JSON schema of the file for editors (draft 7, which the YAML language server knows best). It sees `${…}` and not
 * what it stands for, so a text that has one fits every choice of words, except that of `type`.
 */
export function createConfigJsonSchema(): Readonly<Record<string, unknown>> {
  const schema = z.toJSONSchema(fileSchema, {
    target: "draft-7",
    io: "input",
    reused: "ref",
    override({ jsonSchema }) {
      if (jsonSchema.enum === undefined) return;
      const { enum: words, ...rest } = jsonSchema;
      for (const key of Object.keys(jsonSchema)) Reflect.deleteProperty(jsonSchema, key);
      const { description, ...type } = rest;
      const choice = {
        anyOf: [
          { ...type, enum: words },
          { type: "string" as const, pattern: "\\$\\{" },
        ],
      };
      Object.assign(jsonSchema, description === undefined ? choice : { description, ...choice });
    },
  });
  return { ...schema, title: "gateway.yaml of akashchat-api" };
}
