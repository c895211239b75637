import type { StatusObject } from "../../api/types.ts";
import { Button } from "../../parts/button.tsx";
import { CopyButton } from "../../parts/copy-button.tsx";
import { Dot } from "../../parts/dot.tsx";
import { hasPage } from "../../state/pages.ts";
import { goTo, linkTo } from "../../state/route.ts";
import { texts } from "../../text/index.ts";
import { BeforeYouGoOn } from "./before-you-go-on.tsx";

/** What one does first: a request to copy, other ways in, and what is good to know before. */
export function FirstRun({ status }: { readonly status: StatusObject }) {
  return (
    <div class="first-run">
      <div>
        <FirstRequest status={status} />
        <Clients />
      </div>
      <BeforeYouGoOn status={status} />
    </div>
  );
}

/** The model that a first request shall ask. */
function findModel({ models }: StatusObject): string {
  const chats = models.filter(({ kind }) => kind === "chat");
  return (chats.find((model) => model.answers_now) ?? chats[0])?.id ?? "auto";
}

function FirstRequest({ status }: { readonly status: StatusObject }) {
  const t = texts.value.overview.firstRun;
  const url = `${status.base_url}/v1/chat/completions`;
  const model = JSON.stringify(findModel(status)).replaceAll("'", String.raw`'\''`);
  const body = `{"model": ${model}, "messages": [{"role": "user", "content": "Say hello"}]}`;
  const header = "content-type: application/json";
  return (
    <section class="panel first-request">
      <h2>{t.title}</h2>
      <p>{t.hint}</p>
      <div class="code">
        <pre tabIndex={0}>
          <span class="prompt" aria-hidden="true">
            ${" "}
          </span>
          curl {url} \{"\n"}
          {"  "}-H <span class="code-text">'{header}'</span> \{"\n"}
          {"  "}-d <span class="code-text">'{body}'</span>
        </pre>
        <CopyButton kind="primary" small text={`curl ${url} \\\n  -H '${header}' \\\n  -d '${body}'`} />
      </div>
      <div class="listening">
        <p role="status">
          <Dot kind="wait" /> {t.listening}
        </p>
        {hasPage("playground") && <Button onPress={() => goTo("playground")}>{t.playground}</Button>}
      </div>
    </section>
  );
}

function Clients() {
  const t = texts.value.overview.firstRun;
  const clients = [
    ["claude-code", "Claude Code", "npx akashchat-api launch claude-code"],
    ["codex", "Codex", "npx akashchat-api launch codex"],
    ["opencode", "opencode", "npx akashchat-api launch opencode"],
    ["openai-sdk", "OpenAI SDK", t.sdk],
    ["cursor", "Cursor, Cline, Zed", t.settings],
    ["open-webui", "Open WebUI", t.settings],
  ] as const;
  return (
    <section>
      <h2 class="small-head">{t.connect}</h2>
      <ul class="clients">
        {clients.map(([id, name, how]) => (
          <li key={id} class="panel">
            {hasPage("connect") ? <a href={linkTo("connect", { client: id })}>{name}</a> : <b>{name}</b>}
            <span class="note">{how}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
