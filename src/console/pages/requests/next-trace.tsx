import { useEffect } from "preact/hooks";

import { writeClock } from "../../domain/figures.ts";
import { Button } from "../../parts/button.tsx";
import { CodeText } from "../../parts/code-text.tsx";
import { Dot } from "../../parts/dot.tsx";
import { Icon } from "../../parts/icon.tsx";
import { access } from "../../state/access.ts";
import { goTo, route } from "../../state/route.ts";
import { useKeys } from "../../state/shortcuts.ts";
import { texts } from "../../text/index.ts";
import { keyNames, readFilters } from "./list-state.ts";
import {
  cancelTrace,
  isTraceThere,
  lookAtNextTrace,
  nextTrace,
  nextTraceFailure,
  seenTrace,
  traceNext,
} from "./next-trace-state.ts";
import { requestTexts } from "./text.ts";

/** How often it is looked at while something is wished for, in ms. */
const lookMs = 1500;

/** Of the key that the list is filtered by, else of whoever asks. */
function press(): void {
  void traceNext(readFilters()["key"] ?? "any");
}

/** Has the next request traced. */
export function TraceNextButton({ kind = "primary" }: { readonly kind?: "primary" | "plain" }) {
  const t = requestTexts.value.next;
  return (
    <Button kind={kind} onPress={press}>
      <Icon name="trace" size={14} />
      {t.button}
    </Button>
  );
}

/** What has become of the wish, over the page. */
export function NextTraceBand() {
  const t = requestTexts.value.next;
  const wish = nextTrace.value;
  const failure = nextTraceFailure.value;
  const isOn = wish?.state === "waiting" || (wish?.state === "taken" && wish.trace !== seenTrace.value);
  useKeys({ t: press, T: press });
  useEffect(() => {
    void lookAtNextTrace();
  }, []);
  useEffect(() => {
    if (!isOn) return undefined;
    const timer = setInterval(() => void lookAtNextTrace(), lookMs);
    return () => clearInterval(timer);
  }, [isOn]);

  if (failure !== undefined)
    return (
      <div class="band band-amber" role="status">
        <p>
          <CodeText
            text={
              failure !== "" ? t.failed(failure) : access.value?.admin_api === false ? t.closed : t.notAdmin
            }
          />
        </p>
        <Button
          kind="quiet"
          small
          label={texts.value.common.close}
          onPress={() => {
            nextTraceFailure.value = undefined;
          }}
        >
          <Icon name="close" />
        </Button>
      </div>
    );
  // On the very page that it leads to there is nothing to tell.
  const isShown = isTraceThere.value && wish?.request_id === route.value.query.get("request");
  if (!isOn || wish === undefined || isShown) return null;
  return (
    <div class="band" role="status">
      {wish.state === "waiting" ? (
        <Waiting key_={wish.key ?? "any"} expiresAt={wish.expires_at ?? ""} />
      ) : (
        <Taken />
      )}
    </div>
  );
}

function Waiting({ key_, expiresAt }: { readonly key_: string; readonly expiresAt: string }) {
  const t = requestTexts.value.next;
  return (
    <>
      <p>
        <Dot kind="wait" /> <b>{t.waiting}</b>{" "}
        {t.until(writeClock(Date.parse(expiresAt), texts.value.locale))}
      </p>
      <label class="band-choice">
        {t.of}{" "}
        <span class="filter">
          <select value={key_} onChange={(event) => void traceNext(event.currentTarget.value)}>
            <option value="any">{t.any}</option>
            <option value="none">{t.none}</option>
            {[...keyNames.value].map(([id, name]) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
          <Icon name="down" size={12} />
        </span>
      </label>
      <Button small onPress={() => void cancelTrace()}>
        {t.cancel}
      </Button>
    </>
  );
}

function Taken() {
  const t = requestTexts.value.next;
  const { request_id: id, trace } = nextTrace.value ?? {};
  const putAside = () => {
    seenTrace.value = trace ?? undefined;
  };
  return (
    <>
      <p>
        <Icon name="trace" size={14} /> {isTraceThere.value ? <b>{t.done}</b> : t.running} <code>{id}</code>
      </p>
      {isTraceThere.value && (
        <Button
          small
          kind="primary"
          onPress={() => {
            putAside();
            goTo("requests", { ...readFilters(), request: id ?? "" });
          }}
        >
          {t.open}
        </Button>
      )}
      <Button kind="quiet" small label={texts.value.common.close} onPress={putAside}>
        <Icon name="close" />
      </Button>
    </>
  );
}
