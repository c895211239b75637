/** A request whose id one may look for. */
export interface JumpRequest {
  readonly id: string;
  /** When it came, ms since the epoch. */
  readonly at: number;
  /** The name of its key, where it has one. */
  readonly key: string | undefined;
}

/** Somewhere to go: the page, and what stands behind `?` there. */
export interface JumpTarget {
  /** `requests`: those of a model or a key. `search`: those in which the text stands. */
  readonly kind: "page" | "request" | "key" | "chat" | "requests" | "search";
  /** Of the page, the request, the key or the model; of a search its text. */
  readonly name: string;
  readonly page: string;
  readonly query: Readonly<Record<string, string>>;
  readonly request?: JumpRequest;
}

/** All that one may go to. */
export interface JumpPlaces {
  /** The pages, by their names in the address and in words. */
  readonly pages: readonly { readonly name: string; readonly text: string }[];
  /** Ids of models that one can talk with. */
  readonly models: readonly string[];
  readonly keys: readonly { readonly id: string; readonly name: string }[];
  /** The newest first. */
  readonly requests: readonly JumpRequest[];
  /** Whether requests can be looked through. */
  readonly hasLedger: boolean;
}

/** So many of each kind are shown. */
const most = 4;
/** What ids of requests and background responses look like. */
const idForm = /^(?:req|resp)_[\w-]{3,}$/;

/** Those whose text has `wanted` in it; those that begin with it come first. */
function match<Place>(
  places: readonly Place[],
  wanted: string,
  textOf: (place: Place) => string,
): readonly Place[] {
  const found = places.filter((place) => textOf(place).toLowerCase().includes(wanted));
  const begins = (place: Place) => textOf(place).toLowerCase().startsWith(wanted);
  return [...found.filter(begins), ...found.filter((place) => !begins(place))].slice(0, most);
}

function toRequest(id: string, request?: JumpRequest): JumpTarget {
  return {
    kind: "request",
    name: id,
    page: "requests",
    query: { request: id },
    ...(request === undefined ? {} : { request }),
  };
}

/** Where a text may lead, the likeliest first; without a text to the pages. */
export function findTargets(text: string, places: JumpPlaces): readonly JumpTarget[] {
  const typed = text.trim();
  const wanted = typed.toLowerCase();
  const pages: readonly JumpTarget[] = (
    wanted === "" ? places.pages : match(places.pages, wanted, (page) => page.text)
  ).map((page) => ({ kind: "page", name: page.text, page: page.name, query: {} }));
  if (wanted === "") return pages;

  const requestsOf = (name: string, query: Readonly<Record<string, string>>): readonly JumpTarget[] =>
    places.hasLedger ? [{ kind: "requests", name, page: "requests", query }] : [];
  const requests = match(places.requests, wanted, ({ id }) => id);
  // Longer ago than what was looked through.
  const isOther = requests.length === 0 && idForm.test(typed);
  return [
    ...pages,
    ...requests.map((request) => toRequest(request.id, request)),
    ...(isOther ? [toRequest(typed)] : []),
    ...match(places.keys, wanted, ({ name }) => name).flatMap(({ id, name }): readonly JumpTarget[] => [
      { kind: "key", name, page: "keys", query: { selected: id } },
      ...requestsOf(name, { key: id }),
    ]),
    ...match(places.models, wanted, (id) => id).flatMap((id): readonly JumpTarget[] => [
      { kind: "chat", name: id, page: "playground", query: { model: id } },
      ...requestsOf(id, { model: id }),
    ]),
    ...(places.hasLedger
      ? [{ kind: "search", name: typed, page: "requests", query: { q: typed } } as const]
      : []),
  ];
}
