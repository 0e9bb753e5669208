/** A range of a dimension, as Python's start:stop:step. */
export class Slice {
  constructor(
    readonly start: number | null = null,
    readonly stop: number | null = null,
    readonly step = 1,
  ) {}
}
