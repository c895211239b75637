/** Other names for a model: `from` is a name or a pattern in which `*` is any text; of patterns the first that fits wins. */
export interface ModelAlias {
  readonly from: string;
  /** A name of the operator's own, `upstream/model`, or the id of a model. */
  readonly to: string;
}
