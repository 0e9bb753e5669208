/** Loops that show how far they have come. */
import { ValueError } from "../base/index.ts";
import { ProgressBar, type ProgressOutput } from "./progress-bar.ts";

export interface ProgressOptions {
  /** What is done, beside the bar. */
  readonly label?: string;
  /** Where the bar is drawn; `process.stderr` unless said, and nowhere in pages. */
  readonly output?: ProgressOutput;
}

/**
 * Goes over 0, 1, ... `total` - 1, or over the elements of a list, and shows on a terminal how far it has come. Where there is
 * no terminal it only goes over them.
 *
 * @throws ValueError where `total` is neither a list nor a whole number of at least 0.
 * Source: what tqdm is to PyTorch's users, https://tqdm.github.io
 *
 * @example
 * import { progress } from "xorch/plot";
 *
 * let sum = 0;
 * for (const step of progress(1000, { label: "training" })) sum += step;
 * sum; // 499500
 */
export function progress(total: number, options?: ProgressOptions): Iterable<number>;
export function progress<T>(list: readonly T[], options?: ProgressOptions): Iterable<T>;
export function progress(
  over: number | readonly unknown[],
  options: ProgressOptions = {},
): Iterable<unknown> {
  if (!Array.isArray(over) && !(Number.isInteger(over) && (over as number) >= 0)) {
    throw new ValueError(`progress: expected a list, or a whole number of at least 0, got ${String(over)}`);
  }
  return going(over, options);
}

function* going(over: number | readonly unknown[], { label = "", output = terminal() }: ProgressOptions) {
  const list = typeof over === "number" ? null : over;
  const total = list?.length ?? (over as number);
  const bar = new ProgressBar(output, label, total);
  try {
    for (let i = 0; i < total; i++) {
      yield list ? list[i] : i;
      bar.update(i + 1);
    }
  } finally {
    bar.stop();
  }
}

/** Node's, or one that is none. */
function terminal(): ProgressOutput {
  const { process } = globalThis as { process?: { stderr?: ProgressOutput } };
  return process?.stderr ?? { write: () => {} };
}
