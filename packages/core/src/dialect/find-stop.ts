/** Where the stop begins that is whole first, as a server sees it that reads token by token. -1: there is none. */
export function firstStop(text: string, stops: readonly string[]): number {
  let first = { begins: -1, ends: Number.POSITIVE_INFINITY };
  for (const stop of stops) {
    const begins = text.indexOf(stop);
    if (begins === -1) continue;
    const ends = begins + stop.length;
    if (ends < first.ends || (ends === first.ends && begins < first.begins)) first = { begins, ends };
  }
  return first.begins;
}

/** Characters at the end of a text that may be the beginning of a stop. */
export function beginningOfStop(text: string, stops: readonly string[]): number {
  let longest = 0;
  for (const stop of stops) {
    for (let length = Math.min(stop.length - 1, text.length); length > longest; length -= 1) {
      if (text.endsWith(stop.slice(0, length))) longest = length;
    }
  }
  return longest;
}
