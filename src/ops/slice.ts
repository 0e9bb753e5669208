/**
 * A range of a dimension, as Python's start:stop:step; null stands for the end of the dimension.
 *
 * Source: https://pytorch.org/docs/stable/tensor_view.html
 *
 * @example
 * torch.arange(6).index(new torch.Slice(1, null, 2)); // tensor([1, 3, 5])
 */
export class Slice {
  constructor(
    readonly start: number | null = null,
    readonly stop: number | null = null,
    readonly step = 1,
  ) {}
}
