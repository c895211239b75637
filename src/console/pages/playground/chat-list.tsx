import { useSignal } from "@preact/signals";

import { type ChatHead, groupHeads } from "../../domain/chat/chat-heads.ts";
import { showControls } from "../../domain/markdown/show-controls.ts";
import { Button } from "../../parts/button.tsx";
import { Icon } from "../../parts/icon.tsx";
import { LinkButton } from "../../parts/link-button.tsx";
import { now } from "../../state/clock.ts";
import { texts } from "../../text/index.ts";
import { playgroundTexts } from "../../text/playground/index.ts";
import { stopAnswers } from "./ask-answer.ts";
import {
  chat,
  deleteChat,
  deleteChats,
  findChat,
  heads,
  keepFailure,
  listLoaded,
  openChat,
  renameChat,
  startChat,
} from "./chat-state.ts";
import { readChats } from "./chat-store.ts";
import { listIsOpen } from "./view-state.ts";

/** Deletes a chat; nobody waits any more for what it is answered. */
function remove(id: string): Promise<void> {
  const chat = findChat(id);
  if (chat !== undefined) stopAnswers(chat);
  return deleteChat(id);
}

function removeAll(): Promise<void> {
  for (const chat of listLoaded()) stopAnswers(chat);
  return deleteChats();
}

/** Gives all chats as a file. */
async function exportChats(): Promise<void> {
  const chats = await readChats();
  const blob = new Blob([JSON.stringify({ chats }, undefined, 2)], { type: "application/json" });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = "chats.json";
  link.click();
  URL.revokeObjectURL(link.href);
}

function closeList(): void {
  listIsOpen.value = false;
}

/** The chats of this browser. */
export function ChatList() {
  const t = playgroundTexts.value;
  const { today, earlier } = groupHeads(heads.value, now.value);
  return (
    <nav class={`chat-list ${listIsOpen.value ? "chat-list-open" : ""}`} aria-label={t.chats}>
      <Button
        onPress={() => {
          startChat();
          closeList();
        }}
      >
        {t.newChat}
      </Button>
      <ChatGroup title={t.today} group={today} onOpen={closeList} />
      <ChatGroup title={t.earlier} group={earlier} onOpen={closeList} />
      <ListFoot />
    </nav>
  );
}

function ListFoot() {
  const t = playgroundTexts.value;
  const isAsking = useSignal(false);
  return (
    <footer class="list-foot">
      <p>{keepFailure.value === undefined ? t.keptHere : t.notKept(keepFailure.value)}</p>
      {heads.value.length > 0 &&
        (isAsking.value ? (
          <p role="alertdialog" aria-label={t.deleteAllAsk}>
            {t.deleteAllAsk}{" "}
            <LinkButton
              class="text-red"
              onPress={() => {
                isAsking.value = false;
                void removeAll();
              }}
            >
              {t.delete}
            </LinkButton>{" "}
            ·{" "}
            <LinkButton
              onPress={() => {
                isAsking.value = false;
              }}
            >
              {texts.value.common.cancel}
            </LinkButton>
          </p>
        ) : (
          <p>
            <LinkButton onPress={() => void exportChats()}>{t.export}</LinkButton> ·{" "}
            <LinkButton
              onPress={() => {
                isAsking.value = true;
              }}
            >
              {t.deleteAll}
            </LinkButton>
          </p>
        ))}
    </footer>
  );
}

function ChatGroup(props: {
  readonly title: string;
  readonly group: readonly ChatHead[];
  readonly onOpen: () => void;
}) {
  const { title, group, onOpen } = props;
  if (group.length === 0) return null;
  return (
    <section>
      <h2>{title}</h2>
      <ul>
        {group.map((head) => (
          <ChatRow key={head.id} head={head} onOpen={onOpen} />
        ))}
      </ul>
    </section>
  );
}

function ChatRow({ head, onOpen }: { readonly head: ChatHead; readonly onOpen: () => void }) {
  const t = playgroundTexts.value;
  const typed = useSignal<string | undefined>(undefined);
  const title = showControls(head.title === "" ? t.untitled : head.title);
  const close = () => {
    typed.value = undefined;
  };
  if (typed.value !== undefined)
    return (
      <li>
        <form
          class="chat-edit"
          onSubmit={(event) => {
            event.preventDefault();
            void renameChat(head.id, typed.value ?? "").then(close);
          }}
          onKeyDown={(event) => {
            if (event.key !== "Escape") return;
            event.preventDefault();
            close();
          }}
        >
          <input
            aria-label={t.name}
            value={typed.value}
            maxLength={80}
            ref={(field) => field?.focus()}
            onInput={(event) => {
              typed.value = event.currentTarget.value;
            }}
          />
          <div class="actions">
            <Button small type="submit">
              {t.rename}
            </Button>
            <Button small kind="danger" onPress={() => void remove(head.id)}>
              {t.delete}
            </Button>
          </div>
        </form>
      </li>
    );
  return (
    <li class="chat-row">
      <button
        type="button"
        class="chat-open"
        aria-current={chat.value.id === head.id ? "true" : undefined}
        title={title}
        onClick={() => {
          void openChat(head.id);
          onOpen();
        }}
      >
        <bdi>{title}</bdi>
      </button>
      <button
        type="button"
        class="chat-more"
        aria-label={t.editChat(title)}
        onClick={() => {
          typed.value = head.title;
        }}
      >
        <Icon name="more" size={14} />
      </button>
    </li>
  );
}
