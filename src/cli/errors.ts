/** What can go wrong that is no fault of this program: told in one line on stderr. */

/** The command was given wrongly: exit code 2, nothing written. */
export class UsageError extends Error {}

/** A signal ended the work; what there was has been kept. */
export class Interrupted extends Error {
  constructor(readonly signal: NodeJS.Signals) {
    super(signal);
  }
}

/** The work could not be done: exit code 1. */
export class WorkError extends Error {}
