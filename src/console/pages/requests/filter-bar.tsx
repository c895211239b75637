import { useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";

import type { Span } from "../../api/types.ts";
import { Dot } from "../../parts/dot.tsx";
import { Icon } from "../../parts/icon.tsx";
import { access } from "../../state/access.ts";
import { goTo, route } from "../../state/route.ts";
import { useKeys } from "../../state/shortcuts.ts";
import { span, status } from "../../state/status.ts";
import { texts } from "../../text/index.ts";
import { ColumnChoice } from "./columns.tsx";
import { isHeld, keyNames, list, readFilters, release } from "./list-state.ts";
import { requestTexts } from "./text.ts";
import { writeKind } from "./write-row.ts";

/** Changes filters in the address; an empty one goes. */
export function setFilters(change: Readonly<Record<string, string>>): void {
  const all = Object.entries({ ...readFilters(), ...change }).filter(([, value]) => value !== "");
  goTo("requests", Object.fromEntries(all));
}

/** Who asked without a key: the operator, or where no token is wanted whoever it was. */
function writeNoKey(): string {
  return access.value?.open === true ? requestTexts.value.filters.noKey : texts.value.shell.callers.operator;
}

/** So long nothing is typed before it is looked for, in ms. */
const restMs = 300;

/** Search and filters over the table. */
export function FilterBar() {
  const t = requestTexts.value;
  const f = t.filters;
  const filters = readFilters();
  const { activity, models = [], upstreams = [] } = status.value ?? {};
  const result = filters["error"] === undefined ? (filters["outcome"] ?? "") : `error ${filters["error"]}`;
  const modelIds = [
    ...new Set([
      ...(activity?.models.map(({ model }) => model) ?? []),
      ...models.filter((model) => model.alias_of === null).map(({ id }) => id),
    ]),
  ];
  const errors = [
    ...new Set([
      ...(activity?.errors.map(({ error }) => error) ?? []),
      ...(filters["error"] === undefined ? [] : [filters["error"]]),
    ]),
  ];
  return (
    <div class="filter-bar">
      <Search />
      <Select
        label={f.time}
        value={span.value}
        options={(["1h", "24h", "7d", "30d"] as const).map((value) => [value, t.spans[value]])}
        onChange={(value) => {
          // The options are all that there is.
          span.value = value as Span;
          setFilters({ from: "", to: "" });
        }}
      />
      <Select
        label={f.result}
        value={result}
        any={f.result}
        options={Object.entries(t.outcomes)}
        group={[f.failures, errors.map((error) => [`error ${error}`, writeKind(error)])]}
        onChange={(value) => {
          const error = value.startsWith("error ") ? value.slice(6) : "";
          setFilters({ error, outcome: error === "" ? value : "" });
        }}
      />
      <Select
        label={f.model}
        value={filters["model"] ?? ""}
        any={f.model}
        options={modelIds.map((id) => [id, id])}
        onChange={(model) => setFilters({ model })}
      />
      {keyNames.value.size > 0 && (
        <Select
          label={f.key}
          value={filters["key"] ?? ""}
          any={f.key}
          options={[...keyNames.value, ["none", writeNoKey()]]}
          onChange={(key) => setFilters({ key })}
        />
      )}
      <Select
        label={f.upstream}
        value={filters["upstream"] ?? ""}
        any={f.upstream}
        options={upstreams.map(({ name }) => [name, name])}
        onChange={(upstream) => setFilters({ upstream })}
      />
      <Select
        label={f.repairs}
        value={filters["repairs"] ?? ""}
        any={f.repairs}
        options={[
          ["repaired", f.asked],
          ["traced", f.traced],
        ]}
        onChange={(repairs) => setFilters({ repairs })}
      />
      <div class="filter-end">
        <LiveState />
        <ColumnChoice />
      </div>
    </div>
  );
}

type Option = readonly [value: string, text: string];

/** A filter that looks like a button; its first option is its name, and means all. */
function Select(props: {
  readonly label: string;
  readonly value: string;
  readonly any?: string;
  readonly options: readonly Option[];
  readonly group?: readonly [label: string, options: readonly Option[]];
  readonly onChange: (value: string) => void;
}) {
  const { label, value, any, options, group } = props;
  const isKnown = [...options, ...(group?.[1] ?? [])].some(([one]) => one === value);
  const toOption = ([one, text]: Option) => (
    <option key={one} value={one}>
      {text}
    </option>
  );
  return (
    <span class={`filter${any !== undefined && value !== "" ? " filter-set" : ""}`}>
      <select
        aria-label={label}
        value={value}
        onChange={(event) => props.onChange(event.currentTarget.value)}
      >
        {any !== undefined && <option value="">{any}</option>}
        {options.map(toOption)}
        {value !== "" && !isKnown && toOption([value, value])}
        {group !== undefined && group[1].length > 0 && (
          <optgroup label={group[0]}>{group[1].map(toOption)}</optgroup>
        )}
      </select>
      <Icon name="down" size={12} />
    </span>
  );
}

function Search() {
  const t = requestTexts.value;
  const wanted = route.value.query.get("q") ?? "";
  const typed = useSignal(wanted);
  const field = useRef<HTMLInputElement>(null);
  /** What was looked for from here: where the address says something else, somebody has gone elsewhere. */
  const sent = useRef(wanted);
  const look = () => {
    sent.current = typed.value.trim();
    setFilters({ q: sent.current });
  };
  useLayoutEffect(() => {
    // What is typed meanwhile stays.
    if (wanted === sent.current) return;
    sent.current = wanted;
    typed.value = wanted;
  }, [wanted]);
  useKeys({ "/": () => field.current?.focus() });
  useEffect(() => {
    if (typed.value.trim() === sent.current) return undefined;
    const timer = setTimeout(look, restMs);
    return () => clearTimeout(timer);
  }, [typed.value]);
  return (
    <form
      class="search"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        look();
      }}
    >
      <Icon name="search" />
      <input
        ref={field}
        type="search"
        aria-label={t.searchLabel}
        placeholder={t.search}
        value={typed.value}
        onInput={(event) => {
          typed.value = event.currentTarget.value;
        }}
        onKeyDown={(event) => {
          if (event.key === "Escape") event.currentTarget.blur();
        }}
      />
      <kbd aria-hidden="true">/</kbd>
    </form>
  );
}

/** Whether the list follows what comes, and how much waits. */
function LiveState() {
  const t = requestTexts.value;
  const known = list.value;
  const waiting = known.kind === "known" ? known.fresh.length : 0;
  if (waiting > 0)
    return (
      <button
        type="button"
        class="fresh"
        onClick={() => {
          release();
          scrollTo({ top: 0 });
        }}
      >
        {t.fresh(waiting)}
      </button>
    );
  const isStill = isHeld.value || readFilters()["to"] !== undefined;
  return (
    <span class="live-list">
      <Dot kind={isStill ? "idle" : "good"} /> {isStill ? t.still : t.live}
    </span>
  );
}

/** The filters in words, for a list that is empty. */
export function writeFilters(): string {
  const f = requestTexts.value.filters;
  const { q, outcome, error, model, key, upstream, repairs, from, to } = readFilters();
  const outcomes: Readonly<Record<string, string>> = requestTexts.value.outcomes;
  const words = [
    q === undefined ? undefined : `“${q}”`,
    outcome === undefined ? undefined : `${f.result} ${outcomes[outcome] ?? outcome}`,
    error === undefined ? undefined : `${f.result} ${writeKind(error)}`,
    model === undefined ? undefined : `${f.model} ${model}`,
    key === undefined
      ? undefined
      : `${f.key} ${key === "none" ? writeNoKey() : (keyNames.value.get(key) ?? key)}`,
    upstream === undefined ? undefined : `${f.upstream} ${upstream}`,
    repairs === undefined ? undefined : repairs === "traced" ? f.traced : f.asked,
    from === undefined && to === undefined ? undefined : f.time,
  ].filter((word) => word !== undefined);
  return words.join(texts.value.locale === "en" ? ", " : "、");
}
