import { isPair, isStopWord, stem, wordsOf } from "../text/words.js";

const trigramWeight = 0.35;
const stopWordWeight = 0.08;
/** Each feature lights this many places: collisions then add noise near zero instead of a false match. */
const placesPerFeature = 3;

/**
 * A vector with real similarity and no model: hashed word stems and character trigrams, the count of each weighted
 * sub-linearly, stop words nearly ignored, signs from the hash. Texts that share words are near, others near zero.
 */
export function embedText(text: string, dimensions: number): Float32Array {
  const vector = new Float32Array(dimensions);
  for (const [feature, weight] of featuresOf(text)) {
    let hash = hashOf(feature);
    for (let place = 0; place < placesPerFeature; place += 1) {
      const index = (hash >>> 1) % dimensions;
      vector[index] = (vector[index] ?? 0) + (hash & 1 ? weight : -weight);
      hash = scramble(hash + place + 1);
    }
  }
  return normalise(vector);
}

function featuresOf(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  const baseWeights = new Map<string, number>();
  const count = (feature: string, weight: number) => {
    counts.set(feature, (counts.get(feature) ?? 0) + 1);
    baseWeights.set(feature, weight);
  };
  for (const word of wordsOf(text)) {
    if (isStopWord(word)) {
      count(`w:${word}`, stopWordWeight);
      continue;
    }
    count(`w:${stem(word)}`, 1);
    // Pairs overlap already; a trigram of one is the pair again.
    if (isPair(word)) continue;
    const padded = `^${word}$`;
    for (let at = 0; at + 3 <= padded.length; at += 1) count(`t:${padded.slice(at, at + 3)}`, trigramWeight);
  }
  // A text without a word (punctuation, emoji) is still a text: its own characters are its only feature.
  if (counts.size === 0) count(`c:${text.trim()}`, 1);
  return new Map(
    [...counts].map(([feature, times]) => [feature, (baseWeights.get(feature) ?? 0) * (1 + Math.log(times))]),
  );
}

/** FNV-1a, 32 bit, finished by a scramble because its low bits alone are poor. */
function hashOf(feature: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < feature.length; at += 1) hash = Math.imul(hash ^ feature.charCodeAt(at), 0x01000193);
  return scramble(hash);
}

function scramble(value: number): number {
  let mixed = value | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

function normalise(vector: Float32Array): Float32Array {
  let squares = 0;
  for (const value of vector) squares += value * value;
  const length = Math.sqrt(squares) || 1;
  return vector.map((value) => value / length);
}
