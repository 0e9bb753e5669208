/** The name that was probably meant. */

/** Lower case without underscores, so that keep_dim and keepDim are keepdim. */
function plain(name: string): string {
  return name.replaceAll("_", "").toLowerCase();
}

/** How many letters must be inserted, left out, replaced or swapped with their neighbour to make `b` of `a`. */
function distance(a: string, b: string): number {
  // rows[i][j]: the distance of the first i letters of a from the first j of b.
  const rows = Array.from({ length: a.length + 1 }, (_, i) => [i]);
  for (let j = 1; j <= b.length; j++) rows[0]![j] = j;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const [row, above] = [rows[i]!, rows[i - 1]!];
      const replaced = above[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      row[j] = Math.min(above[j]! + 1, row[j - 1]! + 1, replaced);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        row[j] = Math.min(row[j]!, rows[i - 2]![j - 2]! + 1);
      }
    }
  }
  return rows[a.length]![b.length]!;
}

/** The first letters of its words: lr of learningRate and learning_rate. */
function initials(name: string): string {
  return Array.from(name.matchAll(/(?:^|_)[a-z]|[A-Z]/g), ([letter]) => letter.at(-1)!.toLowerCase()).join(
    "",
  );
}

/** The name that is nearest to the given one; null where none is near. */
export function nearest(given: string, names: readonly string[]): string | null {
  const wanted = plain(given.slice(0, 64));
  let best = names.find((name) => name.length > 1 && name === initials(given)) ?? null;
  if (best !== null) return best;
  // A third of the letters may be wrong.
  let least = Math.floor(Math.max(wanted.length, 3) / 3) + 1;
  for (const name of names) {
    // Part of a name stands for it: smoothing for labelSmoothing.
    const isPart = wanted.length > 3 && plain(name).includes(wanted);
    const steps = isPart ? 1 : distance(wanted, plain(name));
    if (steps >= least) continue;
    least = steps;
    best = name;
  }
  return best;
}
