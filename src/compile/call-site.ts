/** Names the line of the user's program that is running. */

/** Frames that are looked through: the library's own lie on top. */
const FRAMES = 60;

const place = /(?:\(|at |@)((?:file:\/\/|https?:\/\/|\/|[A-Za-z]:\\)[^()\s]*:\d+:\d+)\)?$/;

/** "at file:line:column" of the innermost call outside of the library, or what can be said without one. */
export function callSite(): string {
  const limits = Error as { stackTraceLimit?: number };
  const before = limits.stackTraceLimit;
  limits.stackTraceLimit = FRAMES;
  const stack = new Error().stack ?? "";
  limits.stackTraceLimit = before;
  const places = stack.split("\n").flatMap((line) => place.exec(line)?.[1] ?? []);
  // The library lies in the folder above this one. Where it has been bundled it is in this file, and maybe in others beside it.
  // (Not by `new URL(".", import.meta.url)`: bundlers take that for a file to bring along.)
  const here = import.meta.url.replace(/[^/]*$/, "");
  const roots = here.endsWith("/compile/") ? [here.replace(/compile\/$/, "")] : [here, import.meta.url];
  for (const root of roots) {
    const found = places.find((at) => {
      const url = at.startsWith("/") ? `file://${at}` : at;
      return !url.includes("node_modules") && !url.startsWith(root);
    });
    if (found !== undefined) return `at ${found.replace(/^file:\/\//, "")}`;
  }
  return "where the stack of this error says";
}
