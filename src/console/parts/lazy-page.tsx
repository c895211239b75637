import { signal } from "@preact/signals";
import type { ComponentType, FunctionComponent } from "preact";
import { useEffect } from "preact/hooks";

import { Button } from "./button.tsx";
import { Message } from "./message.tsx";
import { texts } from "../text/index.ts";
import { textsAreRead } from "../text/speak.ts";

/** A page that is loaded when it is first gone to, or sooner, where somebody knows that it will be. */
export interface LazyPage extends FunctionComponent {
  /** Never throws: what can't be loaded says so when it is shown. */
  readonly load: () => void;
}

/** Makes one. Where it can't be loaded, it says so: after an update its file may be another. */
export function lazyPage(read: () => Promise<ComponentType>): LazyPage {
  const page = signal<ComponentType | "lost" | undefined>(undefined);
  let isBegun = false;

  async function begin(): Promise<void> {
    try {
      const loaded = await read();
      await textsAreRead();
      page.value = loaded;
    } catch {
      // The page says what to do; why, the browser has told.
      page.value = "lost";
    }
  }

  function load(): void {
    if (!isBegun) void begin();
    isBegun = true;
  }

  function Lazy() {
    const t = texts.value;
    useEffect(load, []);
    const Page = page.value;
    if (Page === undefined)
      return <div class="panel shape loading" role="status" aria-label={t.common.loading} />;
    if (Page !== "lost") return <Page />;
    return (
      <div class="panel">
        <Message title={t.shell.notLoaded} text={t.shell.notLoadedText}>
          <Button onPress={() => location.reload()}>{t.shell.reload}</Button>
        </Message>
      </div>
    );
  }
  return Object.assign(Lazy, { load });
}
