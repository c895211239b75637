import { effect, signal } from "@preact/signals";

import { Icon } from "../../parts/icon.tsx";
import { Popover } from "./popover.tsx";
import { inBrowser } from "../../state/kept-texts.ts";
import { requestTexts } from "./text.ts";

/** Columns that can be left out, in their order. */
export const columnNames = [
  "route",
  "key",
  "model",
  "asked",
  "upstreams",
  "first",
  "total",
  "in",
  "out",
  "cost",
  "repairs",
] as const;

/** The name of one. */
export type ColumnName = (typeof columnNames)[number];

const keptName = "akashchat-api.hidden-columns";
const kept = inBrowser.read(keptName) ?? "";

/** Those that are left out; the browser remembers them. */
export const hiddenColumns = signal<readonly ColumnName[]>(
  columnNames.filter((name) => kept.split(",").includes(name)),
);
effect(() => inBrowser.keep(keptName, hiddenColumns.value.join(",")));

/** Chooses which columns there are. */
export function ColumnChoice() {
  const t = requestTexts.value;
  return (
    <Popover label={t.columns} kind="quiet" class="columns-button">
      {columnNames.map((name) => (
        <label key={name} class="check menu-row">
          <input
            type="checkbox"
            checked={!hiddenColumns.value.includes(name)}
            onChange={({ currentTarget: { checked } }) => {
              const others = hiddenColumns.value.filter((one) => one !== name);
              hiddenColumns.value = checked ? others : [...others, name];
            }}
          />
          {t.column[name]}
        </label>
      ))}
    </Popover>
  );
}

/** What sorts a table is told by its head; ours is sorted by time alone. */
export function SortedHead({ text }: { readonly text: string }) {
  return (
    <th scope="col" aria-sort="descending">
      {text}
      <span class="sorted">
        <Icon name="down" size={10} />
      </span>
    </th>
  );
}
