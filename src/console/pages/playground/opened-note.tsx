import { writeCount } from "../../domain/figures.ts";
import { Button } from "../../parts/button.tsx";
import { Icon } from "../../parts/icon.tsx";
import { linkTo } from "../../state/route.ts";
import { texts } from "../../text/index.ts";
import { playgroundTexts } from "../../text/playground/index.ts";
import { chat } from "./chat-state.ts";
import { opened } from "./open-traced.ts";

/** Of which request the chat is that is shown, and what of that is not in it; or why it could not be opened. */
export function OpenedNote() {
  const { common, locale } = texts.value;
  const t = playgroundTexts.value.opened;
  const one = opened.value;
  if (one === undefined || (one.kind === "opened" && one.chat !== chat.value.id)) return null;
  const isOpened = one.kind === "opened";
  return (
    <div class={`opened-note ${isOpened ? "" : "opened-note-failed"}`} role="status">
      <p>
        <b>{isOpened ? t.title : t.titleFailed}</b>{" "}
        <a href={linkTo("requests", { request: one.request })}>
          <bdi class="mono">{one.request}</bdi>
        </a>
        {". "}
        {one.kind === "failed" && <bdi>{one.message}</bdi>}
        {one.kind === "unreadable" &&
          (one.missing > 0 ? t.cut(writeCount(one.missing, locale)) : t.unreadable)}
        {isOpened && t.notSent}
        {isOpened && one.left.length > 0 && (
          <>
            {" "}
            {t.left}{" "}
            {one.left.map((name, at) => (
              <>
                {at > 0 && ", "}
                <bdi class="mono">{name}</bdi>
              </>
            ))}
            {"."}
          </>
        )}
      </p>
      <Button
        kind="quiet"
        small
        label={common.close}
        onPress={() => {
          opened.value = undefined;
        }}
      >
        <Icon name="close" size={14} />
      </Button>
    </div>
  );
}
