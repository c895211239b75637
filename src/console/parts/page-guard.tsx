import { Component, type ComponentChildren } from "preact";

import { texts } from "../text/index.ts";
import { Button } from "./button.tsx";
import { Message } from "./message.tsx";

interface Broken {
  /** What was thrown; `undefined`: nothing. */
  readonly failure?: string;
}

/** Shows a page; in the place of one that can't be drawn, why, and how to go on. All around it stays. Give it the page's name as its key. */
export class PageGuard extends Component<{ readonly children: ComponentChildren }, Broken> {
  override state: Broken = {};

  static override getDerivedStateFromError(error: unknown): Broken {
    return { failure: String(error) };
  }

  /** For a report, with the place. */
  override componentDidCatch(error: unknown): void {
    reportError(error);
  }

  override render(): ComponentChildren {
    const t = texts.value.shell;
    const { failure } = this.state;
    if (failure === undefined) return this.props.children;
    return (
      <div class="panel">
        <Message isPage title={t.broken} text={t.brokenText(failure)}>
          <Button onPress={() => location.reload()}>{t.reload}</Button>
        </Message>
      </div>
    );
  }
}
