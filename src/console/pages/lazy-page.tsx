import { signal } from "@preact/signals";
import type { ComponentType } from "preact";

import { Button } from "../parts/button.tsx";
import { Message } from "../parts/message.tsx";
import { texts } from "../text/index.ts";

/** A page that is loaded when it is first opened. Where it can't be, as the gateway is away or a newer one, it says so. */
export function createLazyPage(load: () => Promise<ComponentType>): ComponentType {
  const page = signal<ComponentType | undefined>(undefined);
  const failure = signal<string | undefined>(undefined);
  let loading: Promise<void> | undefined;

  function start(): void {
    failure.value = undefined;
    loading ??= load().then(
      (loaded) => {
        page.value = loaded;
      },
      (error: unknown) => {
        loading = undefined;
        failure.value = error instanceof Error ? error.message : String(error);
      },
    );
  }

  return function LazyPage() {
    const t = texts.value;
    if (page.value !== undefined) return <page.value />;
    if (failure.value !== undefined)
      return (
        <div class="panel">
          <Message title={t.shell.noPage} text={failure.value}>
            <Button onPress={() => location.reload()}>{t.common.again}</Button>
          </Message>
        </div>
      );
    start();
    return <div class="panel shape loading" role="status" aria-label={t.common.loading} />;
  };
}
