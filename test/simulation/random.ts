/** Numbers that look like chance and are the same for the same seed. */
export interface Random {
  /** From 0 to 1. */
  next(): number;
  between(least: number, most: number): number;
  happens(share: number): boolean;
  /** Rarely much above the mean, never above `most`. */
  skewed(mean: number, most: number): number;
}

/** mulberry32: 32 bits of state are enough for a simulation, and it fits in a line. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    next,
    between: (least, most) => least + next() * (most - least),
    happens: (share) => next() < share,
    skewed: (mean, most) => Math.min(most, -Math.log(1 - next()) * mean),
  };
}
