import { signal } from "@preact/signals";

import { gatewayUrl } from "../../api/ask.ts";
import type { Lane, Turn } from "../../domain/chat/chat.ts";
import { toBody } from "../../domain/chat/to-body.ts";
import { type SnippetName, snippetWays } from "../../domain/snippets/index.ts";
import { shorten, type SnippetRequest } from "../../domain/snippets/snippet.ts";
import { CopyButton } from "../../parts/copy-button.tsx";
import { Segments } from "../../parts/segments.tsx";
import { access } from "../../state/access.ts";
import { status } from "../../state/status.ts";
import { playgroundTexts } from "../../text/playground/index.ts";
import { isDrawer, toImageBody } from "./ask-answer.ts";
import { chat } from "./chat-state.ts";
import { DifferenceTable } from "./difference-table.tsx";
import { HighlightedCode } from "./markdown-view.tsx";
import { draft, hasWords } from "./say.ts";
import { shownLane } from "./view-state.ts";

const way = signal<SnippetName>("curl");
const names = ["curl", "openai", "anthropic", "ai"] as const;
/** OpenAI's SDK speaks two languages. */
const openAiNames = ["openai", "python"] as const;

/** What would be sent now; with nothing typed, what was sent last. */
function toAsked({ turns }: Lane): readonly Turn[] {
  if (hasWords(draft.value)) return [...turns, { kind: "user", id: "draft", ...draft.value }];
  const last = turns.at(-1);
  const isAnswer = last?.kind === "answer" && !last.calls.some(({ result }) => result !== undefined);
  const asked = isAnswer ? turns.slice(0, -1) : turns;
  return asked.length > 0 ? asked : [{ kind: "user", id: "example", text: "Say hello", images: [] }];
}

function toRequest(lane: Lane): SnippetRequest {
  const asked = { ...lane, turns: toAsked(lane) };
  return isDrawer(lane.model)
    ? { kind: "image", body: toImageBody(asked) }
    : { kind: "chat", body: toBody(asked, chat.value.settings) };
}

/** The request as code that can be run elsewhere. */
export function CodePanel() {
  const t = playgroundTexts.value;
  const { lanes } = chat.value;
  const lane = lanes[shownLane.value] ?? lanes[0];
  if (lane === undefined) return null;
  const target = {
    baseUrl: status.value?.base_url ?? gatewayUrl.href.replace(/\/$/, ""),
    hasKey: access.value?.open !== true,
  };
  const { write, language } = snippetWays[way.value];
  const request = toRequest(lane);
  return (
    <>
      <section class="drawer-section">
        <div class="code-ways">
          <Segments
            small
            label={t.codeWay}
            value={way.value === "python" ? "openai" : way.value}
            options={names.map((value) => ({ value, text: snippetWays[value].name }))}
            onChange={(value) => {
              way.value = value;
            }}
          />
        </div>
        {(way.value === "openai" || way.value === "python") && (
          <div class="tabs">
            {openAiNames.map((name) => (
              <button
                key={name}
                type="button"
                aria-pressed={way.value === name}
                onClick={() => {
                  way.value = name;
                }}
              >
                {name === "python" ? "Python" : "JavaScript"}
              </button>
            ))}
          </div>
        )}
        <div class="code snippet">
          <pre tabIndex={0}>
            <HighlightedCode code={write(shorten(request), target)} language={language} />
          </pre>
          <CopyButton small text={write(request, target)} />
        </div>
        <p class="note">{way.value === "anthropic" || way.value === "ai" ? t.codeNoteOther : t.codeNote}</p>
      </section>
      {lanes.length > 1 && <DifferenceTable lanes={lanes} />}
    </>
  );
}
