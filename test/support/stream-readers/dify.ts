import type { StreamReader } from "./reader.ts";

/**
 * Dify's reader of Chat Completions and Completions. It splits at empty lines (`stream_mode_delimiter`), and what stands
 * between two of them is `data:` and JSON, or the answer ends there ("Non-JSON encountered"). The first version knows
 * no comments; later ones drop what begins with one, whole. Source: `openai_api_compatible/llm/llm.py` of
 * langgenius/dify, `openai_compatible/llm.py` of langgenius/dify-plugin-sdks.
 */
function createReader(name: string, skipsComments: boolean): StreamReader {
  return {
    name,
    read(text) {
      const events: string[] = [];
      for (const piece of text.split("\n\n")) {
        const block = piece.trim();
        if (block === "" || (skipsComments && block.startsWith(":"))) continue;
        const json = block.replace(/^data:/, "").trimStart();
        if (json === "[DONE]") break;
        JSON.parse(json);
        events.push(json);
      }
      return events;
    },
  };
}

export const difyOfOld = createReader("Dify of old", false);
export const dify = createReader("Dify", true);
