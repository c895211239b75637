/** An answer of another form than text: what a model says for it, and how each API asks for it. */
export interface Shape {
  readonly name: string;
  /** Four deltas; a fault strikes after the third, inside of the call or the value. */
  readonly said: readonly string[];
  readonly fields: Readonly<Partial<Record<string, object>>>;
}

const parameters = {
  type: "object",
  properties: { city: { type: "string" } },
  required: ["city"],
  additionalProperties: false,
};
const format = { type: "json_schema", name: "place", strict: true, schema: parameters };

/** A tool call and a JSON answer. */
export const shapes: readonly Shape[] = [
  {
    name: "a tool call",
    said: [
      '<tool_call>\n{"name": "get_weather",',
      ' "arguments": {"city": "Os',
      "lo, No",
      'rway"}}\n</tool_call>',
    ],
    fields: {
      chat: { tools: [{ type: "function", function: { name: "get_weather", parameters } }] },
      responses: { tools: [{ type: "function", name: "get_weather", parameters }] },
      messages: { tools: [{ name: "get_weather", input_schema: parameters }] },
      ollama: { tools: [{ type: "function", function: { name: "get_weather", parameters } }] },
      gemini: {
        tools: [{ functionDeclarations: [{ name: "get_weather", parametersJsonSchema: parameters }] }],
      },
    },
  },
  {
    name: "a JSON answer",
    said: ['{"city"', ': "Os', "lo, No", 'rway"}'],
    fields: {
      chat: { response_format: { type: "json_schema", json_schema: { name: "place", schema: parameters } } },
      responses: { text: { format } },
      messages: { output_config: { format: { type: "json_schema", schema: parameters } } },
      ollama: { format: parameters },
      gemini: {
        generationConfig: { responseMimeType: "application/json", responseJsonSchema: parameters },
      },
    },
  },
];
