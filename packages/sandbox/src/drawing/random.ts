/** A number from a text, 0 to 2^32 - 1 (FNV-1a, mixed once more so that near texts are far apart). */
export function hashOf(text: string): number {
  let hash = 2166136261;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 16777619);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 2246822507);
  hash = Math.imul(hash ^ (hash >>> 13), 3266489909);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Chance that is the same for the same seed. */
export interface Random {
  /** 0 to 1. */
  next(): number;
  between(least: number, most: number): number;
  pick<Item>(items: readonly [Item, ...Item[]]): Item;
}

/** mulberry32: short, fast, and good enough for pictures. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) / 4294967296;
  }
  return {
    next,
    between: (least, most) => least + (most - least) * next(),
    pick: (items) => items[Math.floor(next() * items.length)] ?? items[0],
  };
}

/** A rough line around 0, between -1 and 1: waves of doubling pitch, each half as high. */
export function createLine(random: Random, pitch: number, octaves = 4): (x: number) => number {
  const waves = Array.from({ length: octaves }, (_, octave) => ({
    pitch: pitch * 2 ** octave * random.between(0.85, 1.15),
    shift: random.between(0, Math.PI * 2),
    height: 0.52 ** octave,
  }));
  const whole = waves.reduce((sum, wave) => sum + wave.height, 0);
  return (x) => waves.reduce((sum, wave) => sum + Math.sin(x * wave.pitch + wave.shift) * wave.height, 0) / whole;
}

/** A line with sharp peaks: a mountain range. 0 is the valley, 1 the highest peak. */
export function createRidge(random: Random, pitch: number): (x: number) => number {
  const shift = random.between(0, 10);
  const parts = [
    { pitch, height: 1, shift },
    { pitch: pitch * 2.3, height: 0.42, shift: shift * 1.7 },
    { pitch: pitch * 5.1, height: 0.17, shift: shift * 2.9 },
    { pitch: pitch * 11.7, height: 0.07, shift: shift * 4.1 },
  ];
  const sharp = (x: number) => Math.abs((((x % 2) + 2) % 2) - 1);
  return (x) => parts.reduce((sum, part) => sum + sharp(x * part.pitch + part.shift) * part.height, 0) / 1.66;
}
