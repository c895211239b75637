/** An event of a stream of server-sent events. */
export interface ServerEvent {
  readonly name: string;
  readonly data: string;
}

function readEvent(block: string): ServerEvent | undefined {
  const [names, data]: [string[], string[]] = [[], []];
  for (const line of block.split("\n")) {
    if (line.startsWith("event:")) names.push(line.slice(6).trim());
    else if (line.startsWith("data:")) data.push(line.slice(5).replace(/^ /, ""));
  }
  return data.length === 0 ? undefined : { name: names.at(-1) ?? "message", data: data.join("\n") };
}

/** Reads events from text that comes in pieces, cut anywhere (WHATWG HTML, "Server-sent events"; lines end as the gateway ends them). */
export function createEventReader(): (piece: string) => readonly ServerEvent[] {
  let rest = "";
  return (piece) => {
    const blocks = (rest + piece).split("\n\n");
    rest = blocks.pop() ?? "";
    return blocks.map(readEvent).filter((event) => event !== undefined);
  };
}
