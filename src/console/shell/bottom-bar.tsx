import { Icon } from "../parts/icon.tsx";
import { pageOrder } from "../pages/page-order.ts";
import { hasPage } from "../state/pages.ts";
import { linkTo, route } from "../state/route.ts";
import { texts } from "../text/index.ts";

/** The pages at the foot of a narrow screen. */
export function BottomBar() {
  const t = texts.value;
  return (
    <nav class="bottom-bar" aria-label={t.shell.pages}>
      {pageOrder.filter(hasPage).map((name) => (
        <a key={name} href={linkTo(name)} aria-current={route.value.page === name ? "page" : undefined}>
          <Icon name={name} />
          {t.pages[name]}
        </a>
      ))}
    </nav>
  );
}
