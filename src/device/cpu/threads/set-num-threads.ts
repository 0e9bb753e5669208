/** How many threads compute together: what users call. */
import { bringTeam } from "../team-product.ts";
import { setThreadCount } from "./count.ts";

/**
 * Sets the number of threads that compiled programs and large products may use, the calling one included; at most 256.
 * With 1 there are no worker threads. A page needs cross-origin isolation for more than one, and says so otherwise. In a
 * bundle for browsers, large products outside of compiled functions have threads where this function or `torch.compile` is
 * called.
 *
 * Source: https://pytorch.org/docs/stable/generated/torch.set_num_threads.html
 *
 * @throws ValueError if `threads` is no positive whole number.
 * @example
 * const before = torch.getNumThreads();
 * torch.setNumThreads(2);
 * torch.getNumThreads(); // 2
 * torch.setNumThreads(before);
 */
export function setNumThreads(threads: number): void {
  setThreadCount(threads);
  bringTeam();
}
