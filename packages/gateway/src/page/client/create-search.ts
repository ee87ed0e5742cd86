/** Finds what holds every word of a search, in any case; an empty one finds everything. */
export function createSearch(search: string): (texts: readonly (string | null)[]) => boolean {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return (texts) => {
    const text = texts.join(" ").toLowerCase();
    return words.every((word) => text.includes(word));
  };
}
