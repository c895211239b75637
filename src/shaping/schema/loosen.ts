/** A name without what models get wrong in names: case, and the kind of separator. */
export function loosen(name: string): string {
  return name.toLowerCase().replaceAll(/[-_.\s]/g, "");
}
