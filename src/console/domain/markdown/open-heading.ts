/**
 * Levels of the headings that a text is below, after one of `level`: how many there are is the rank at which that one stands. Models begin anywhere and
 * leave levels out, which makes an outline that nobody can follow.
 */
export function openHeading(open: readonly number[], level: number): readonly number[] {
  return [...open.filter((one) => one < level), level];
}
