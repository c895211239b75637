import { expect, test } from "vitest";

import {
  encodeOllamaModel,
  encodeOllamaTags,
  toOllamaName,
} from "../../src/dialects/encode-ollama-models.ts";
import { textOnly } from "../../src/model/capabilities.ts";
import type { ModelInfo } from "../../src/model/model-info.ts";
import { shown } from "../support/router-of.ts";

test.each([
  ["m", "m:latest"],
  ["vendor/m", "vendor/m:latest"],
  ["m:8b", "m:8b"],
  ["vendor/m:free", "vendor/m:free"],
  ["odd:vendor/m", "odd:vendor/m:latest"],
])("%s is listed as %s", (id, name) => {
  expect(toOllamaName(id)).toBe(name);
});

test.each<[ModelInfo, boolean, string[]]>([
  [{ id: "m", kind: "chat" }, false, ["completion", "tools"]],
  [{ id: "m", kind: "chat" }, true, ["completion", "tools", "vision"]],
  [
    { id: "m", kind: "chat", capabilities: { ...textOnly, reasoning: "native" } },
    false,
    ["completion", "tools", "thinking"],
  ],
  [{ id: "m", kind: "embedding" }, false, ["embedding"]],
  [{ id: "m", kind: "image" }, false, ["completion", "image"]],
])("%j can what it can", (model, canSee, capabilities) => {
  expect(encodeOllamaModel(shown(model, canSee))).toMatchObject({ capabilities });
});

test("what is of no use is not listed", () => {
  const models = [shown({ id: "m", kind: "chat" }), shown({ id: "x", kind: "other" })];
  expect(encodeOllamaTags(models, (text) => `of ${text}`)).toMatchObject({
    models: [{ name: "m:latest", model: "m:latest", digest: "of m:latest" }],
  });
});

test("a model is shown with its context, its defaults and the model that it is another name of", () => {
  const model: ModelInfo = {
    id: "m",
    kind: "chat",
    aliasOf: "n",
    contextLength: 8000,
    temperature: 0.6,
    topP: 0.9,
  };
  expect(encodeOllamaModel(shown(model))).toMatchObject({
    parameters: "temperature 0.6\ntop_p 0.9",
    details: { parent_model: "n:latest" },
    model_info: {
      "general.architecture": "gateway",
      "gateway.context_length": 8000,
      "general.basename": "m",
    },
  });
  expect(encodeOllamaModel(shown({ id: "m", kind: "chat" }))["model_info"]).not.toHaveProperty(
    "gateway.context_length",
  );
});
