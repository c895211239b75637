import { cellSchema } from "./cells.ts";
import { conversationSchema } from "./conversations.ts";
import { keySchema } from "./keys.ts";
import { ledgerSchema } from "./ledger.ts";
import { limitPlanSchema } from "./limit-plans.ts";
import { limitSchema } from "./limits.ts";
import { noticeSchema } from "./notices.ts";
import { processSchema } from "./processes.ts";
import { responseSchema } from "./responses.ts";
import { runSchema } from "./runs.ts";
import { secretSchema } from "./secrets.ts";

/**
 * What brings a database from each version to the next, oldest first. What was once released is never changed: a change is one
 * more of them.
 */
export const migrations: readonly string[] = [
  keySchema,
  limitSchema,
  processSchema,
  ledgerSchema,
  responseSchema,
  secretSchema,
  runSchema,
  noticeSchema,
  limitPlanSchema,
  cellSchema,
  conversationSchema,
];
