import { useSignal } from "@preact/signals";

import { open, AskError } from "../../api/ask.ts";
import { writeSeconds } from "../../domain/figures.ts";
import { readTestAnswer, toTestRequest } from "../../domain/test-request.ts";
import { Button } from "../../parts/button.tsx";
import { Dot } from "../../parts/dot.tsx";
import { connectTexts } from "../../text/connect.ts";
import { findModel, keyChoice } from "./connection.ts";
import { GuidePart, type GuideProps } from "./guide-part.tsx";
import { LastSeen } from "./last-seen.tsx";

type Tried =
  | { readonly kind: "busy" }
  | { readonly kind: "answered"; readonly text: string; readonly ms: number; readonly by: string }
  | { readonly kind: "failed"; readonly status: number; readonly message: string };

/** Asks the model, as the client would, and says when the client itself was seen. */
export function TryIt({ guide, gateway }: GuideProps) {
  const t = connectTexts.value;
  const last = useSignal<{ readonly of: string; readonly tried: Tried } | undefined>(undefined);
  const model = findModel(gateway)?.id ?? "auto";
  const { id, secret } = keyChoice.value;
  // What is said of another key or model is of no use, even if it comes later.
  const of = JSON.stringify([model, id, secret]);
  const tried = last.value?.of === of ? last.value.tried : undefined;

  async function ask(): Promise<void> {
    const asked: NonNullable<typeof last.value> = { of, tried: { kind: "busy" } };
    last.value = asked;
    const end = (how: Tried) => {
      if (last.value === asked) last.value = { of, tried: how };
    };
    const begun = performance.now();
    const { path, body } = toTestRequest(guide.dialect, model);
    try {
      const token = secret === undefined || secret === "" ? {} : { token: secret };
      const answer = await open(path, { method: "POST", body, ...token });
      const text = readTestAnswer(await answer.json());
      const by = answer.headers.get("x-upstream") ?? "";
      end({ kind: "answered", text, ms: performance.now() - begun, by });
    } catch (error) {
      const [status, message] =
        error instanceof AskError ? [error.status, error.message] : [0, String(error)];
      end({ kind: "failed", status, message });
    }
  }

  return (
    <GuidePart number={3} title={t.tryIt} hint={t.tryHint}>
      <div class="try-it">
        <Button small busy={tried?.kind === "busy"} onPress={() => void ask()}>
          {tried === undefined ? t.tryIt : tried.kind === "busy" ? t.trying : t.tryAgain}
        </Button>
        {(secret === undefined || (secret === "" && id !== "none")) && (
          <span class="guide-hint">{t.triedWithOwn}</span>
        )}
        <div class="try-answer" role="status">
          {tried !== undefined && <Outcome tried={tried} />}
        </div>
      </div>
      <LastSeen gateway={gateway} />
    </GuidePart>
  );
}

function Outcome({ tried }: { readonly tried: Tried }) {
  const t = connectTexts.value;
  if (tried.kind === "busy") return null;
  if (tried.kind === "failed")
    return (
      <p>
        <Dot kind="bad" /> <b>{t.refused(tried.status)}</b> {tried.message}
      </p>
    );
  return (
    <p>
      <Dot kind="good" /> <b>{t.answered(writeSeconds(tried.ms), tried.by)}</b>{" "}
      {tried.text === "" ? t.noText : <bdi>{tried.text}</bdi>}
    </p>
  );
}
