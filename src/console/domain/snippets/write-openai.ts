import { toJavaScript, toPythonArguments } from "./literals.ts";
import { keyVariable, type SnippetRequest, type SnippetTarget, toKey } from "./snippet.ts";

/** The request by OpenAI's SDK in JavaScript. */
export function writeOpenAi(request: SnippetRequest, target: SnippetTarget): string {
  const options = toJavaScript({ baseURL: `${target.baseUrl}/v1` }).slice(2, -2);
  const head = `import OpenAI from "openai";\n\nconst client = new OpenAI({\n  ${options},\n  apiKey: ${toKey(target)},\n});\n`;
  if (request.kind === "image")
    return `${head}const stream = await client.images.generate(${toJavaScript(request.body)});
for await (const event of stream) console.log(event.url);
`;
  const hasTools = request.body.tools !== undefined;
  return `${head}const stream = await client.chat.completions.create(${toJavaScript(request.body)});
for await (const chunk of stream) {
  const delta = chunk.choices[0]?.delta;
  process.stdout.write(delta?.content ?? "");
${hasTools ? "  if (delta?.tool_calls) console.log(JSON.stringify(delta.tool_calls));\n" : ""}}
`;
}

/** The same in Python. */
export function writePython(request: SnippetRequest, target: SnippetTarget): string {
  const key = target.hasKey ? `os.environ["${keyVariable}"]` : '"none"';
  const head = `${target.hasKey ? "import os\n" : ""}from openai import OpenAI

client = OpenAI(base_url=${JSON.stringify(`${target.baseUrl}/v1`)}, api_key=${key})
`;
  if (request.kind === "image")
    return `${head}stream = client.images.generate(\n${toPythonArguments(request.body)})\nfor event in stream:\n  print(event.url)\n`;
  return `${head}stream = client.chat.completions.create(
${toPythonArguments(request.body)})
for chunk in stream:
  for choice in chunk.choices:
    print(choice.delta.content or choice.delta.tool_calls or "", end="", flush=True)
`;
}
