/** Names the line of the user's program that is running. */

/** Where the library lies: the folder above this one, or the one bundled file. */
function root(): string {
  return import.meta.url.replace(/\/compile\/[^/]*$/, "/");
}

/** "at file:line:column" of the innermost call outside of the library, or what can be said without one. */
export function callSite(): string {
  const stack = new Error().stack ?? "";
  for (const line of stack.split("\n").slice(1)) {
    const place = /(?:\(|at |@)((?:file:\/\/|https?:\/\/|\/|[A-Za-z]:\\)[^()\s]*:\d+:\d+)\)?$/.exec(
      line,
    )?.[1];
    if (place === undefined || place.includes("node_modules")) continue;
    const url = place.startsWith("/") ? `file://${place}` : place;
    if (!url.startsWith(root())) return `at ${place.replace(/^file:\/\//, "")}`;
  }
  return "in a function of the library";
}
