import { signal } from "@preact/signals";

import { ask } from "../../api/ask.ts";
import { findTalkDialect } from "../../domain/chat/from-request/talk-dialects.ts";
import type { TraceObject } from "../../domain/requests/trace-types.ts";
import { onOtherToken } from "../../state/token.ts";
import { findModel, showChat } from "./chat-state.ts";

/** What came of opening a request: a chat, without what it has no place for; or why there is none. */
export type Opened = { readonly request: string } & (
  | { readonly kind: "opened"; readonly chat: string; readonly left: readonly string[] }
  | { readonly kind: "failed"; readonly message: string }
  /** Its body is longer than what a trace keeps, or was none that can be read. */
  | { readonly kind: "unreadable"; readonly missing: number }
);

/** The request that was opened last; `undefined`: none, or it is no longer told of. */
export const opened = signal<Opened | undefined>(undefined);

let newest = 0;

onOtherToken(() => {
  newest += 1;
  opened.value = undefined;
});

/** Shows a traced request as a new chat, of which nothing is sent. Never rejects. */
export async function openTraced(request: string): Promise<void> {
  const mine = (newest += 1);
  opened.value = undefined;
  const came = await read(request);
  if (mine === newest) opened.value = came;
}

async function read(request: string): Promise<Opened> {
  try {
    const trace = await ask<TraceObject>(`admin/v1/traces/${encodeURIComponent(request)}`);
    const { body } = trace.request;
    const dialect = findTalkDialect(trace.dialect);
    const { openRequest } = await import("../../domain/chat/from-request/open-request.ts");
    const found = dialect && openRequest(dialect, body?.text ?? "", trace.model ?? findModel());
    if (found === undefined) return { request, kind: "unreadable", missing: body?.cut ?? 0 };
    const { lane, settings, left } = found;
    return { request: trace.request_id, kind: "opened", chat: showChat({ settings, lanes: [lane] }), left };
  } catch (error) {
    return { request, kind: "failed", message: error instanceof Error ? error.message : String(error) };
  }
}
