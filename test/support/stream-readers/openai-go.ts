import type { StreamReader } from "./reader.ts";

/** The longest line that its scanner takes, in bytes. */
const longestLine = 65_536 << 9;

/**
 * openai-go (and Anthropic's SDK for Go, which shares it), by its rules in `packages/ssestream`. Before 3.43 every empty
 * line is an event, and one without data is no JSON: it ends the stream with an error. From 3.43 on such are skipped
 * (openai/openai-go#621). A field `error` of any value is the stream's failure, and its last event.
 */
function createReader(name: string, skipsEmpty: boolean): StreamReader {
  return {
    name,
    read(text) {
      const events: string[] = [];
      let data = "";
      const lines = text.split("\n").map((line) => line.replace(/\r$/, ""));
      // What the scanner finds behind the last line break is nothing.
      if (lines.at(-1) === "") lines.pop();
      for (const line of lines) {
        if (Buffer.byteLength(line) > longestLine) throw new Error("bufio.Scanner: token too long");
        if (line === "") {
          if (data === "" && skipsEmpty) continue;
          if (data.startsWith("[DONE]")) return events;
          const parsed: unknown = JSON.parse(data);
          events.push(data.slice(0, -1));
          if (typeof parsed === "object" && parsed !== null && "error" in parsed) return events;
          data = "";
          continue;
        }
        const colon = line.indexOf(":");
        const field = colon === -1 ? line : line.slice(0, colon);
        const value = colon === -1 ? "" : line.slice(colon + 1).replace(/^ /, "");
        if (field === "data") data += `${value}\n`;
      }
      return events;
    },
  };
}

export const openAiGoBefore343 = createReader("openai-go before 3.43", false);
export const openAiGo = createReader("openai-go", true);
