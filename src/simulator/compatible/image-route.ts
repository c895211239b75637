import { pictureOf } from "../pictures.ts";
import type { Reply } from "../reply.ts";
import type { JsonObject } from "./persona.ts";
import { asText } from "./read-chat.ts";
import { refuse, tell } from "./replies.ts";
import type { CompatibleWorld } from "./world.ts";

/** POST …/images/generations: small pictures, the same for the same prompt. */
export function imageRoute(body: JsonObject, world: CompatibleWorld): Reply {
  const { persona } = world;
  const asked = asText(body["model"]) ?? "";
  const model = world.models.find((one) => one.draws === true && persona.isMeant(one, asked));
  if (model === undefined) return refuse(persona, persona.wording.unknownModel(asked));
  const n = typeof body["n"] === "number" ? body["n"] : 1;
  return tell(
    200,
    {
      created: Math.floor(world.now() / 1000),
      data: Array.from({ length: n }, (_, index) => ({
        b64_json: Buffer.from(pictureOf(`${asText(body["prompt"]) ?? ""}${index}`)).toString("base64"),
      })),
    },
    persona.answerHeaders(++world.answers),
  );
}
