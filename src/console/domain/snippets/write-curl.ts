import { keyVariable, type SnippetRequest, type SnippetTarget } from "./snippet.ts";

/** A text as one word of a shell. */
function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** The request as a command. */
export function writeCurl({ kind, body }: SnippetRequest, { baseUrl, hasKey }: SnippetTarget): string {
  const path = kind === "chat" ? "chat/completions" : "images/generations";
  const lines = [
    `curl -N ${quote(`${baseUrl}/v1/${path}`)}`,
    ...(hasKey ? [`-H "authorization: Bearer $${keyVariable}"`] : []),
    `-H 'content-type: application/json'`,
    `-d ${quote(JSON.stringify(body, undefined, 2))}`,
  ];
  return lines.join(" \\\n  ");
}
