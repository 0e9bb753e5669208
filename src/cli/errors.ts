/** What can go wrong that is no fault of this program: told in one line on stderr. */

/** The command was given wrongly: exit code 2, nothing written. */
export class UsageError extends Error {}

/** The work could not be done: exit code 1. */
export class WorkError extends Error {}
