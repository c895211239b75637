/** Other names for a model: `from` is a name or a pattern in which `*` is any text; of patterns the first that fits wins. */
export interface ModelAlias {
  readonly from: string;
  /** A name of the operator's own, `upstream/model`, or the id of a model. */
  readonly to: string;
}

/** The same, with the id of the model that it leads to; `undefined`: to none that is offered now. */
export interface ResolvedAlias {
  readonly from: string;
  readonly model: string | undefined;
}
