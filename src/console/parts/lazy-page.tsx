import { signal } from "@preact/signals";
import type { ComponentType } from "preact";
import { useEffect } from "preact/hooks";

import { Button } from "./button.tsx";
import { Message } from "./message.tsx";
import { texts } from "../text/index.ts";

/** A page that is loaded when it is first gone to. Where it can't be, it says so: after an update its file may be another. */
export function lazyPage(load: () => Promise<ComponentType>): ComponentType {
  const page = signal<ComponentType | undefined>(undefined);
  const isLost = signal(false);

  async function read(): Promise<void> {
    isLost.value = false;
    try {
      page.value = await load();
    } catch {
      // The page says what to do; why, the browser has told.
      isLost.value = true;
    }
  }

  return function LazyPage() {
    const t = texts.value;
    useEffect(() => {
      if (page.peek() === undefined) void read();
    }, []);
    const Page = page.value;
    if (Page !== undefined) return <Page />;
    if (!isLost.value) return <div class="panel shape loading" role="status" aria-label={t.common.loading} />;
    return (
      <div class="panel">
        <Message title={t.shell.notLoaded} text={t.shell.notLoadedText}>
          <Button onPress={() => location.reload()}>{t.shell.reload}</Button>
        </Message>
      </div>
    );
  };
}
