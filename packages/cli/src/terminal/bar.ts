/** What a bar shows, in parts of the whole: 0 to 1 each. */
export interface BarParts {
  readonly part: number;
  /** Drawn lighter, after it. @default 0 */
  readonly held?: number | undefined;
}

/** A bar of `width` characters. A part shows, however little; only the whole looks full. */
export function bar({ part, held = 0 }: BarParts, width: number, hasBlocks: boolean): string {
  const [full, half, empty] = hasBlocks ? ["█", "▓", "░"] : ["#", "+", "-"];
  const filled = cells(part + held, width);
  const solid = Math.min(filled, cells(part, width));
  return full.repeat(solid) + half.repeat(filled - solid) + empty.repeat(width - filled);
}

function cells(part: number, width: number): number {
  if (!(part > 0)) return 0;
  if (part >= 1) return width;
  return Math.min(width - 1, Math.max(1, Math.round(part * width)));
}
