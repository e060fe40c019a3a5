/** Finds the word that was probably meant. */

/** Edits that a slip of the fingers makes, at most. */
const MOST_EDITS = 2;

/** @returns the nearest of `words`; undefined when none is near enough to be what was meant */
export function nearest(word: string, words: Iterable<string>): string | undefined {
  let best: string | undefined;
  let fewest = Math.min(MOST_EDITS, Math.floor(word.length / 2)) + 1;
  for (const candidate of words) {
    if (Math.abs(candidate.length - word.length) >= fewest) continue;
    const edits = editDistance(word, candidate);
    if (edits < fewest) [best, fewest] = [candidate, edits];
  }
  return best;
}

/** `; did you mean 'X'?`, or nothing: to be put behind a message. */
export function suggestion(word: string, words: Iterable<string>): string {
  const meant = nearest(word, words);
  return meant === undefined ? "" : `; did you mean '${meant}'?`;
}

/** Letters to insert, remove, replace, or swap with the next (optimal string alignment). */
function editDistance(from: string, to: string): number {
  const rows = [Array.from({ length: to.length + 1 }, (_, index) => index)];
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = rows[i - 1]![j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1);
      const edits = Math.min(replaced, rows[i - 1]![j]! + 1, row[j - 1]! + 1);
      const swaps = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      row.push(swaps ? Math.min(edits, rows[i - 2]![j - 2]! + 1) : edits);
    }
    rows.push(row);
  }
  return rows[from.length]![to.length]!;
}
