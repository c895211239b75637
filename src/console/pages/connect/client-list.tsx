import { Choice } from "../../parts/field.tsx";
import { goTo, linkTo } from "../../state/route.ts";
import { connectTexts } from "../../text/connect.ts";
import { groups, guides } from "./clients/index.ts";
import type { Guide } from "./guide.ts";

/** All clients, by group; on a narrow screen a field to choose from. */
export function ClientList({ shown }: { readonly shown: Guide }) {
  const t = connectTexts.value;
  return (
    <>
      <nav class="client-list" aria-label={t.clients}>
        {groups.map((group) => (
          <section key={group}>
            <h2>{t.groups[group]}</h2>
            <ul>
              {guides
                .filter((guide) => guide.group === group)
                .map(({ id, name }) => (
                  <li key={id}>
                    <a
                      href={linkTo("connect", { client: id })}
                      aria-current={id === shown.id ? "page" : undefined}
                    >
                      {name}
                    </a>
                  </li>
                ))}
            </ul>
          </section>
        ))}
      </nav>
      <div class="client-choice">
        <Choice
          label={t.client}
          value={shown.id}
          options={guides.map(({ id, name }) => ({ value: id, text: name }))}
          onChange={(id) => goTo("connect", { client: id })}
        />
      </div>
    </>
  );
}
