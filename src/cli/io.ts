/** What the command line touches of the process: given as a value, so that tests can hand in their own. */
import type { Readable, Writable } from "node:stream";

export type Output = Writable & { isTTY?: boolean; columns?: number };

export interface Io {
  readonly stdin: Readable & { isTTY?: boolean };
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
}

/** Colours are for terminals, and for those who have not asked for none (https://no-color.org). */
export function hasColour(output: Output, env: Io["env"]): boolean {
  return output.isTTY === true && !env.NO_COLOR && env.TERM !== "dumb";
}

/** The columns of a terminal; `otherwise` for what is none, or says that it has 0, as a terminal without a window does. */
export const widthOf = (output: Output, otherwise: number): number => output.columns || otherwise;

/**
 * A reader that goes away (`xorch learn | head`) ends the printing and not the program: what was asked for is
 * still finished and written. Other faults of the stream stay faults.
 */
export function ignoreClosedPipe(output: Output): void {
  output.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE" && error.code !== "ERR_STREAM_DESTROYED") throw error;
  });
}
