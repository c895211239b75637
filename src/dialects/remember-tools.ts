/** The part of a parsed body that is remembered. */
interface WithTools {
  readonly tools?: readonly unknown[] | null | undefined;
}

/** The list of a raw body's tools, if nobody can change it any more. */
function frozenTools(raw: unknown): readonly unknown[] | undefined {
  if (typeof raw !== "object" || raw === null) return undefined;
  const tools: unknown = Reflect.get(raw, "tools");
  return Array.isArray(tools) && Object.isFrozen(tools) ? tools : undefined;
}

/**
 * Creates what lets a body's tools be parsed once: the server gives equal lists of tools as one frozen list, and whoever sends
 * it has parsed it well before. `parse` gets the body without them then. It must judge `tools` by themselves.
 */
export function createToolMemory() {
  const known = new WeakMap<readonly unknown[], unknown>();

  return function parseKnown<Body extends WithTools>(raw: unknown, parse: (raw: unknown) => Body): Body {
    const list = frozenTools(raw);
    if (list === undefined) return parse(raw);
    if (known.has(list)) {
      // What `parse` made of this very list; each dialect has a memory of its own.
      const tools = known.get(list) as Body["tools"];
      return { ...parse({ ...Object(raw), tools: undefined }), tools };
    }
    const body = parse(raw);
    known.set(list, body.tools);
    return body;
  };
}
