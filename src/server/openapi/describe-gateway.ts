import { reference as messages } from "../../dialects/anthropic-messages/reference.ts";
import { reference as audio } from "../../dialects/openai-audio/reference.ts";
import { reference as gemini } from "../../dialects/gemini/reference.ts";
import { reference as ollamaChat } from "../../dialects/ollama-chat/reference.ts";
import { reference as ollamaEmbeddings } from "../../dialects/ollama-embeddings/reference.ts";
import { reference as ollamaGenerate } from "../../dialects/ollama-generate/reference.ts";
import { reference as chat } from "../../dialects/openai-chat/reference.ts";
import { reference as completions } from "../../dialects/openai-completions/reference.ts";
import { reference as embeddings } from "../../dialects/openai-embeddings/reference.ts";
import { reference as images } from "../../dialects/openai-images/reference.ts";
import {
  conversationsReference as conversations,
  reference as responses,
} from "../../dialects/openai-responses/reference.ts";
import { createDocument, type OpenApiDocument } from "../../openapi/create-document.ts";
import type { Reference } from "../../openapi/reference.ts";
import { readVersion } from "../../version.ts";
import { ownReference as ownKeys, reference as keys } from "../admin/keys-reference.ts";
import { ownReference as ownRequests, reference as ledger } from "../admin/ledger-reference.ts";
import { reference as traces } from "../admin/traces-reference.ts";
import { reference as upstreams } from "../admin/upstreams-reference.ts";
import { reference as access } from "../routes/access-reference.ts";
import { references as meta } from "../routes/meta-reference.ts";
import { reference as metrics } from "../routes/metrics-reference.ts";
import { reference as ollamaModels } from "../routes/ollama-models-reference.ts";
import { reference as usage } from "../routes/usage-reference.ts";
import { reference as status } from "../status/status-reference.ts";
import { reference as pages } from "./pages-reference.ts";

/** All that is told of the gateway's routes, in the order in which it is shown. */
export const references: readonly Reference[] = [
  chat,
  responses,
  conversations,
  messages,
  completions,
  images,
  embeddings,
  audio,
  gemini,
  ollamaChat,
  ollamaGenerate,
  ollamaEmbeddings,
  ollamaModels,
  ...meta,
  usage,
  status,
  access,
  ownRequests,
  ownKeys,
  keys,
  ledger,
  traces,
  upstreams,
  metrics,
  pages,
];

/** Creates the document of this gateway, but for where it is. */
export function describeGateway(): OpenApiDocument {
  return createDocument(references, { version: readVersion() });
}
