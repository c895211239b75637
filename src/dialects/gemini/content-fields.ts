import type { ParameterRow } from "../../openapi/reference.ts";

const config = "generationConfig";

/** The fields of `generateContent`, but for its model, which stands in the path. */
export const contentFields: readonly ParameterRow[] = [
  ["contents", "honoured", "Roles `user` (also `function`) and `model`. [Parts](#parts)"],
  ["systemInstruction", "honoured", "text"],
  [
    "tools",
    "honoured",
    "`functionDeclarations`, with `parameters` (Gemini's spelling or JSON Schema) or `parametersJsonSchema`. Google's own (`googleSearch`, `codeExecution`, `urlContext`, `googleMaps`, …) are left out and named beside functions, as `tools.googleSearch`; a request with nothing else is refused, since an answer from memory would pass for one that was looked up. Other fields of a function, such as `behavior` and `response`, are named.",
  ],
  [
    "toolConfig",
    "honoured",
    "`functionCallingConfig`: `mode` `AUTO`, `ANY`, `NONE`, `VALIDATED` (as `AUTO`; calls are always checked), and `allowedFunctionNames`. Other fields, such as `retrievalConfig`, are named.",
  ],
  [config, "honoured", "its fields below; others are named"],
  [
    [`${config}.topK`, `${config}.seed`, `${config}.presencePenalty`, `${config}.frequencyPenalty`],
    "by upstream",
  ],
  [
    [`${config}.thinkingConfig.thinkingLevel`, `${config}.thinkingConfig.thinkingBudget`],
    "by upstream",
    "see [Effort](#effort)",
  ],
  [[`${config}.responseLogprobs`, `${config}.logprobs`], "refused", "unless `false` and 0"],
  [
    [
      `${config}.mediaResolution`,
      `${config}.speechConfig`,
      `${config}.imageConfig`,
      `${config}.audioTimestamp`,
      `${config}.routingConfig`,
      `${config}.modelSelectionConfig`,
    ],
    "ignored",
  ],
  ["cachedContent", "refused", "A part of the prompt would be missing."],
  [["safetySettings", "store", "serviceTier", "modelArmorConfig"], "ignored"],
  [[`${config}.temperature`, `${config}.topP`], "honoured", "0 to 2, and 0 to 1; default: the model's own"],
  [
    `${config}.maxOutputTokens`,
    "honoured",
    "Counted here, thinking included; ends with `MAX_TOKENS`. -1 and 0: no limit.",
  ],
  [`${config}.stopSequences`, "honoured", "up to 1,000, empty ones left out; not part of the answer"],
  [`${config}.candidateCount`, "honoured", "1 to 8, each a request of its own to the upstream"],
  [
    `${config}.responseMimeType`,
    "honoured",
    "`text/plain`, `application/json`, or `text/x.enum` with an enum as its schema: one of its words, without quotes. Others are refused.",
  ],
  [
    [`${config}.responseSchema`, `${config}.responseJsonSchema`],
    "honoured",
    'A schema in Gemini\'s spelling (`"OBJECT"`, `nullable`, `propertyOrdering`, …), or JSON Schema; either is read in both. Always [checked](#json-answers), with `responseMimeType` or without.',
  ],
  [
    `${config}.responseFormat`,
    "honoured",
    "`text` with `mimeType` and `schema`: the same in newer words. `audio`, `image` and `video` are refused.",
  ],
  [`${config}.responseModalities`, "honoured", "Must hold `TEXT`; what else is in it is named as ignored."],
  [
    `${config}.thinkingConfig`,
    "honoured",
    "`includeThoughts`: thoughts come as parts with `thought: true`; without it they don't come.",
  ],
];

/** The fields of `countTokens`. */
export const countFields: readonly ParameterRow[] = [
  ["contents", "honoured", "Beside them the other fields of a request count, too."],
  ["generateContentRequest", "honoured", "All of a request, in their place."],
];
