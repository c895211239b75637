import { useSignal } from "@preact/signals";

import { gatewayUrl } from "../../api/ask.ts";
import { toLink, toPicture } from "../../domain/markdown/safe-url.ts";
import { LinkButton } from "../../parts/link-button.tsx";
import { playgroundTexts } from "../../text/playground/index.ts";
import { readPicture } from "./read-picture.ts";
import { draft } from "./say.ts";

/** A longer text is what was drawn, and no name. */
const longestName = 40;

/** A name for the file of a picture. */
function toFileName(source: string): string {
  const type = /^data:image\/(\w+)/.exec(source)?.[1];
  return type === undefined ? (new URL(source).pathname.split("/").at(-1) ?? "picture") : `picture.${type}`;
}

/** Takes a picture into what is being typed. */
async function takeAsInput(source: string): Promise<void> {
  const image = source.startsWith("data:")
    ? source
    : await fetch(source).then(
        async (answer) => readPicture(await answer.blob()),
        () => undefined,
      );
  if (image === undefined) return;
  draft.value = { ...draft.value, images: [...draft.value.images, image] };
  document.querySelector<HTMLElement>(".composer textarea")?.focus();
}

/** A picture that a model drew or names. Those of others are not loaded: that would tell them of this chat. */
export function Picture({ url, alt }: { readonly url: string; readonly alt: string }) {
  const t = playgroundTexts.value;
  const size = useSignal<string | undefined>(undefined);
  const isGone = useSignal(false);
  const source = toPicture(url, gatewayUrl.href);
  if (source === undefined) {
    const link = toLink(url);
    const name = alt === "" ? t.picture(1) : alt;
    return (
      <span class="picture-elsewhere">
        {link === undefined ? (
          <bdi>{name}</bdi>
        ) : (
          <a href={link} target="_blank" rel="noopener noreferrer">
            <bdi>{name}</bdi>
          </a>
        )}{" "}
        <span class="note">({t.elsewhere})</span>
      </span>
    );
  }
  if (isGone.value) return <span class="note">{t.pictureGone}</span>;
  return (
    <span class="picture">
      <img
        src={source}
        alt={alt}
        onLoad={(event) => {
          const { naturalWidth, naturalHeight } = event.currentTarget;
          size.value = `${naturalWidth} × ${naturalHeight}`;
        }}
        onError={() => {
          isGone.value = true;
        }}
      />
      <span class="picture-foot">
        <span>
          {alt !== "" && alt.length <= longestName && <bdi>{alt}, </bdi>}
          {size.value}
        </span>
        <a href={source} download={toFileName(source)}>
          {t.savePicture}
        </a>
        <LinkButton onPress={() => void takeAsInput(source)}>{t.useAsInput}</LinkButton>
      </span>
    </span>
  );
}
