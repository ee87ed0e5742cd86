/**
 * Chooses at most `most` pieces, evenly over files: as many of each, spread over its length, and all of a file that has fewer. Of
 * more files than that, every so many gives one piece.
 */
export function choosePieces<Piece>(files: readonly (readonly Piece[])[], most: number): Piece[] {
  const each = evenShare(
    files.map(({ length }) => length),
    most,
  );
  const longer = files.filter(({ length }) => length > each);
  const taken = files.reduce((sum, { length }) => sum + Math.min(length, each), 0);
  const oneMore = new Set(spread(longer, Math.min(longer.length, most - taken)));
  return files.flatMap((pieces) => spread(pieces, Math.min(pieces.length, oneMore.has(pieces) ? each + 1 : each)));
}

/** The largest number that every file can give, as far as it has so many, without more than `most` in all. */
function evenShare(counts: readonly number[], most: number): number {
  let room = most;
  let share = 0;
  const ascending = counts.toSorted((one, other) => one - other);
  for (const [index, count] of ascending.entries()) {
    const files = ascending.length - index;
    if ((count - share) * files > room) return share + Math.floor(room / files);
    room -= (count - share) * files;
    share = count;
  }
  return share;
}

/** So many of a list, at even distances, the first among them. */
function spread<Item>(items: readonly Item[], count: number): Item[] {
  return items.filter(
    (_, index) => Math.floor((index * count) / items.length) !== Math.floor(((index - 1) * count) / items.length),
  );
}
