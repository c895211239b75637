import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";

import { Button } from "../../parts/button.tsx";
import { copy } from "../../parts/copy-button.tsx";
import { Icon } from "../../parts/icon.tsx";
import { texts } from "../../text/index.ts";

const saidMs = 2000;

/** Copies a text, in the head of a panel. */
export function CopyIcon({ text, label }: { readonly text: string; readonly label: string }) {
  const isCopied = useSignal(false);
  useEffect(() => {
    if (!isCopied.value) return undefined;
    const timer = setTimeout(() => {
      isCopied.value = false;
    }, saidMs);
    return () => clearTimeout(timer);
  }, [isCopied.value]);
  async function press(): Promise<void> {
    isCopied.value = await copy(text);
  }
  return (
    <Button kind="quiet" small label={label} onPress={() => void press()}>
      <Icon name="copy" />
      <span aria-live="polite">{isCopied.value && texts.value.common.copied}</span>
    </Button>
  );
}
