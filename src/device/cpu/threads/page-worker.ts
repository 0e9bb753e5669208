/**
 * A worker of a page from a file of its own, which a content security policy allows as it allows the page's scripts. In the
 * package, scripts/page-worker.js takes the place of this module, and the file lies beside it; where the sources
 * run as they are, there is none.
 */
export const pageWorker = (): Worker | null => null;
