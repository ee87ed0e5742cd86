// A quadratic comparison must not see a name of megabytes. The longest published id has 45 characters.
const maxComparedCharacters = 64;

/**
 * Returns the candidates that `name` may be a slip of, nearest first. Case, separators and the vendor prefix don't
 * count ("GPT4o" is gpt-4o); a few edits, or one being the beginning of the other, do. Nothing near: an empty list.
 */
export function nearestNames(name: string, candidates: readonly string[], limit = 3): string[] {
  const wanted = spellings(name);
  return candidates
    .map((candidate) => ({ candidate, distance: nearest(wanted, spellings(candidate)) }))
    .filter(({ distance }) => distance < Number.POSITIVE_INFINITY)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, limit)
    .map(({ candidate }) => candidate);
}

/** The whole name and the name without its vendor, reduced to the letters and digits that ids are made of. */
function spellings(name: string): string[] {
  const whole = name.slice(0, maxComparedCharacters).toLowerCase();
  const bare = whole.slice(whole.indexOf("/") + 1);
  return [...new Set([whole, bare].map((part) => part.replace(/[^a-z0-9]/g, "")))].filter((part) => part !== "");
}

function nearest(wanted: readonly string[], offered: readonly string[]): number {
  let best = Number.POSITIVE_INFINITY;
  for (const a of wanted) for (const b of offered) best = Math.min(best, distanceIfNear(a, b));
  return best;
}

/** Edits between the two, or infinity past a third of the longer one (at most four); a shared beginning ranks behind one edit. */
function distanceIfNear(a: string, b: string): number {
  if (a === b) return 0;
  const [shorter, longer] = a.length < b.length ? [a, b] : [b, a];
  // Of three letters, one edit is a third: "gpt" and "got" say nothing about each other.
  const tolerated = longer.length < 4 ? 0 : Math.min(4, Math.floor(longer.length / 3));
  if (longer.length - shorter.length <= tolerated) {
    const edits = editDistance(shorter, longer, tolerated);
    if (edits <= tolerated) return edits;
  }
  // "gpt-4-turbo-preview" rather means gpt-4-turbo than gpt-4o-audio-preview, four edits away, and "gemini" rather
  // gemini-1.5-pro than o1-mini, two edits away.
  if (shorter.length >= 4 && longer.startsWith(shorter)) return 1 + (longer.length - shorter.length) / 8;
  return Number.POSITIVE_INFINITY;
}

/** Damerau-Levenshtein distance, where a swap of neighbours is one edit. Gives up once it must exceed `most`. */
function editDistance(a: string, b: string, most: number): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let edits = Math.min(at(last, column) + 1, at(current, column - 1) + 1, at(last, column - 1) + (same ? 0 : 1));
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (swapped) edits = Math.min(edits, at(beforeLast, column - 2) + 1);
      current.push(edits);
    }
    if (Math.min(...current) > most && Math.min(...last) > most) return Number.POSITIVE_INFINITY;
    beforeLast = last;
    last = current;
  }
  return at(last, b.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
