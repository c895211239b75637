/** An object without its fields that are `undefined`: what may be that may be absent. */
export type WithoutUndefined<T> = {
  [Name in keyof T as undefined extends T[Name] ? never : Name]: T[Name];
} & {
  [Name in keyof T as undefined extends T[Name] ? Name : never]?: Exclude<T[Name], undefined>;
};

/** What is `undefined` is not there at all, so that laying an object over another changes nothing that was not said. */
export function withoutUndefined<T extends object>(object: T): WithoutUndefined<T> {
  const known = Object.entries(object).filter(([, value]) => value !== undefined);
  // Entries don't know which name has which type.
  return Object.fromEntries(known) as WithoutUndefined<T>;
}
