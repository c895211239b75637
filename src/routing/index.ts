export { type Attempt, describeAttempts, encodeAttempts } from "./attempt.ts";
export {
  type Catalogue,
  type CatalogueOptions,
  createCatalogue,
  type ListedModel,
  type Needs,
  type OwnName,
} from "./catalogue.ts";
export {
  conversationKey,
  type Conversations,
  type ConversationSigns,
  createConversations,
} from "./conversations.ts";
export type { Offer } from "./group-models.ts";
export { createHealth, type Health, type HealthOptions } from "./health.ts";
export { type Leg, legKey, type Modality, type OfferedModel, type Price } from "./leg.ts";
export { RouteError } from "./route-error.ts";
export { type AttemptOptions, runAttempts } from "./run-attempts.ts";
export { type Effect, type Judge, judgeFailure, type RetryScope, type Verdict } from "./verdict.ts";
