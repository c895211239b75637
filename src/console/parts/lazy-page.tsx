import { signal } from "@preact/signals";
import type { ComponentType } from "preact";
import { useEffect } from "preact/hooks";

import { texts } from "../text/index.ts";
import { Button } from "./button.tsx";
import { Message } from "./message.tsx";

/** A page whose program is read when it is first shown. */
export function lazyPage(load: () => Promise<ComponentType>): ComponentType {
  const loaded = signal<{ readonly Page: ComponentType } | undefined>(undefined);
  const failure = signal<string | undefined>(undefined);

  async function read(): Promise<void> {
    failure.value = undefined;
    try {
      loaded.value = { Page: await load() };
    } catch (error) {
      failure.value = error instanceof Error ? error.message : String(error);
    }
  }

  return function LazyPage() {
    const t = texts.value.common;
    const page = loaded.value;
    useEffect(() => {
      if (page === undefined) void read();
    }, []);
    if (page !== undefined) return <page.Page />;
    if (failure.value === undefined)
      return <div class="panel shape loading" role="status" aria-label={t.loading} />;
    return (
      <div class="panel">
        <Message title={failure.value}>
          <Button onPress={() => void read()}>{t.again}</Button>
        </Message>
      </div>
    );
  };
}
