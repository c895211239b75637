import type { Reply } from "../reply.ts";
import { estimateTokens } from "../split-text.ts";
import type { JsonObject } from "./persona.ts";
import { asText } from "./read-chat.ts";
import { refuse, tell } from "./replies.ts";
import type { CompatibleWorld } from "./world.ts";

/** POST …/embeddings: the same text always has the same vector, of length 1. */
export function embeddingRoute(body: JsonObject, world: CompatibleWorld): Reply {
  const { persona } = world;
  const asked = asText(body["model"]) ?? "";
  const model = world.models.find((one) => persona.isMeant(one, asked));
  if (model === undefined) return refuse(persona, persona.wording.unknownModel(asked));
  if (model.embeddings === undefined) return refuse(persona, persona.wording.noEmbeddings(asked));
  const inputs = [body["input"]].flat().map((text) => asText(text) ?? JSON.stringify(text));
  const size = typeof body["dimensions"] === "number" ? body["dimensions"] : model.embeddings;
  const inBase64 = body["encoding_format"] === "base64";
  const tokens = inputs.reduce((sum, text) => sum + estimateTokens(text.length), 0);
  return tell(
    200,
    {
      object: "list",
      data: inputs.map((text, index) => {
        const vector = embed(text, size);
        return { object: "embedding", index, embedding: inBase64 ? toBase64(vector) : vector };
      }),
      model: asked,
      usage: { prompt_tokens: tokens, total_tokens: tokens },
    },
    persona.answerHeaders(++world.answers),
  );
}

/** A vector whose numbers follow from the words: texts that share words are nearer. */
function embed(text: string, size: number): number[] {
  const vector = Array.from({ length: size }, () => 0);
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [""]) {
    let hash = 2_166_136_261;
    for (const character of word) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16_777_619);
    const place = (hash >>> 0) % size;
    vector[place] = (vector[place] ?? 0) + 1;
  }
  const length = Math.hypot(...vector);
  return vector.map((value) => Math.fround(value / length));
}

/** Little-endian floats of 32 bits. */
function toBase64(vector: readonly number[]): string {
  const bytes = Buffer.alloc(vector.length * 4);
  for (const [index, value] of vector.entries()) bytes.writeFloatLE(value, index * 4);
  return bytes.toString("base64");
}
