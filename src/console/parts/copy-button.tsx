import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";

import { texts } from "../text/index.ts";
import { Button, type ButtonProps } from "./button.tsx";
import { Icon } from "./icon.tsx";

/** So long it says that it is copied, in ms. */
const saidMs = 2000;

/** Puts a text on the clipboard. Also where the page is not served safely (plain HTTP to another machine): then by the old way. */
export async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const focused = document.activeElement;
    const field = document.createElement("textarea");
    field.value = text;
    field.className = "out-of-sight";
    document.body.append(field);
    field.select();
    const isCopied = document.execCommand("copy");
    field.remove();
    // Who presses keys goes on where the button is.
    if (focused instanceof HTMLElement) focused.focus({ preventScroll: true });
    return isCopied;
  }
}

/** What is copied, and how the button looks. */
export interface CopyButtonProps extends Pick<ButtonProps, "kind" | "small" | "class"> {
  readonly text: string;
  readonly label?: string;
  /** What it is that is copied, for screen readers where several of them stand side by side. */
  readonly what?: string;
  readonly onCopied?: () => void;
}

/** Copies a text and says so for a while. */
export function CopyButton({ text, label, what, onCopied, ...look }: CopyButtonProps) {
  const isCopied = useSignal(false);
  const t = texts.value.common;
  useEffect(() => {
    if (!isCopied.value) return undefined;
    const timer = setTimeout(() => {
      isCopied.value = false;
    }, saidMs);
    return () => clearTimeout(timer);
  }, [isCopied.value]);

  async function press(): Promise<void> {
    isCopied.value = await copy(text);
    if (isCopied.value) onCopied?.();
  }

  return (
    <Button {...look} onPress={() => void press()}>
      <Icon name="copy" />
      <span aria-live="polite">{isCopied.value ? t.copied : (label ?? t.copy)}</span>
      {what !== undefined && <span class="out-of-sight"> {what}</span>}
    </Button>
  );
}
