/** What a stream of server-sent events has: events, and comments, which come before the event that they stand in front of. */
export type StreamPart =
  | { readonly kind: "event"; readonly name: string; readonly data: string }
  | { readonly kind: "comment"; readonly text: string };

/** Reads a stream line by line, cut anywhere (WHATWG HTML, "Server-sent events"). A comment is given as soon as its line is there. */
export function createPartReader(): (piece: string) => readonly StreamPart[] {
  let rest = "";
  let name = "message";
  let data: string[] = [];
  return (piece) => {
    const lines = (rest + piece).split("\n");
    rest = lines.pop() ?? "";
    const parts: StreamPart[] = [];
    for (const whole of lines) {
      const line = whole.replace(/\r$/, "");
      if (line === "") {
        if (data.length > 0) parts.push({ kind: "event", name, data: data.join("\n") });
        [name, data] = ["message", []];
      } else if (line.startsWith(":")) parts.push({ kind: "comment", text: line.slice(1).trim() });
      else if (line.startsWith("data:")) data.push(line.slice(5).replace(/^ /, ""));
      else if (line.startsWith("event:")) name = line.slice(6).trim();
    }
    return parts;
  };
}
