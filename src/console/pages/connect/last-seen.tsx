import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";

import { ask } from "../../api/ask.ts";
import type { RequestObject, StatusObject } from "../../api/types.ts";
import { shortClient, writeSeconds } from "../../domain/figures.ts";
import { Dot } from "../../parts/dot.tsx";
import { access } from "../../state/access.ts";
import { now } from "../../state/clock.ts";
import { hasPage } from "../../state/pages.ts";
import { linkTo } from "../../state/route.ts";
import { connectTexts } from "../../text/connect.ts";
import { texts } from "../../text/index.ts";
import { writeAgo } from "../keys/write-ago.ts";
import { keyChoice } from "./connection.ts";

/** What more is read of a row of `GET /admin/v1/requests`. */
interface SeenRequest extends RequestObject {
  readonly client: string | null;
  readonly ms: number;
}

/** How often it is looked, in ms. */
const lookMs = 5000;

/** When the key that was chosen was used last; without one, when anything was asked. */
export function LastSeen({ gateway }: { readonly gateway: StatusObject }) {
  const key = keyChoice.value.id;
  const canRead = access.value?.admin === true && access.value.ledger && key.startsWith("key_");
  if (canRead) return <KeySeen key={key} of={key} />;
  if (key !== "none" && key !== "own") return null;
  const last = gateway.activity?.all.last_at ?? undefined;
  return last === undefined ? <Listening /> : <AnySeen at={Date.parse(last)} />;
}

function Listening() {
  return (
    <p class="last-seen" role="status">
      <Dot kind="wait" /> {connectTexts.value.listening}
    </p>
  );
}

function AnySeen({ at }: { readonly at: number }) {
  const t = connectTexts.value;
  return (
    <p class="last-seen">
      <Dot kind="good" /> <b>{t.lastRequest(writeAgo(now.value - at, texts.value.common))}</b>{" "}
      {keyChoice.value.id === "none" && t.lastRequestText}
    </p>
  );
}

function KeySeen({ of }: { readonly of: string }) {
  const t = connectTexts.value;
  const last = useSignal<SeenRequest | null | undefined>(undefined);
  useEffect(() => {
    const controller = new AbortController();
    async function look(): Promise<void> {
      if (document.hidden) return;
      try {
        const path = `admin/v1/requests?key=${encodeURIComponent(of)}&limit=1`;
        const { data } = await ask<{ data: readonly SeenRequest[] }>(path, { signal: controller.signal });
        last.value = data[0] ?? null;
      } catch {
        // The ledger may be away: what was seen stays, and the next look asks again.
      }
    }
    void look();
    const timer = setInterval(() => void look(), lookMs);
    return () => {
      controller.abort();
      clearInterval(timer);
    };
  }, [of]);
  if (last.value === undefined) return null;
  if (last.value === null) return <Listening />;
  const { id, created_at: at, client, ms, outcome } = last.value;
  const from = client === null ? t.unknownClient : shortClient(client);
  return (
    <p class="last-seen">
      <Dot kind={outcome === "answered" ? "good" : "soon"} />{" "}
      <b>{t.seen(writeAgo(now.value - Date.parse(at), texts.value.common))}</b>{" "}
      <bdi>{outcome === "answered" ? t.seenFrom(from, writeSeconds(ms)) : t.seenFailed(from)}</bdi>
      {hasPage("requests") && <a href={linkTo("requests", { request: id })}>{t.openRequest}</a>}
    </p>
  );
}
