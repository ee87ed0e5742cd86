/** Cosine of the angle between two vectors: 1 for the same direction. */
export function likeness(one: readonly number[], other: readonly number[]): number {
  let product = 0;
  let oneSquared = 0;
  let otherSquared = 0;
  for (const [index, value] of one.entries()) {
    const with_ = other[index] ?? 0;
    product += value * with_;
    oneSquared += value * value;
    otherSquared += with_ * with_;
  }
  const length = Math.sqrt(oneSquared * otherSquared);
  return length === 0 ? 0 : product / length;
}

/** Each with each. */
export function likenesses(vectors: readonly (readonly number[])[]): number[][] {
  return vectors.map((one) => vectors.map((other) => likeness(one, other)));
}

/** The two that are most alike, and how much. */
export function mostAlike(
  matrix: readonly (readonly number[])[],
): { one: number; other: number; value: number } | undefined {
  let best: { one: number; other: number; value: number } | undefined;
  for (const [one, row] of matrix.entries()) {
    for (const [other, value] of row.entries()) {
      if (other > one && value > (best?.value ?? Number.NEGATIVE_INFINITY)) best = { one, other, value };
    }
  }
  return best;
}
