/** Red, green, blue, 0 to 255. */
export type Color = readonly [number, number, number];

/** `hex("ffcc00")` */
export function hex(text: string): Color {
  const value = Number.parseInt(text, 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

/** `share` of the second color in the first: 0 gives the first, 1 the second. */
export function mix(first: Color, second: Color, share: number): Color {
  const blend = (index: 0 | 1 | 2) => first[index] + (second[index] - first[index]) * share;
  return [blend(0), blend(1), blend(2)];
}

const white: Color = [255, 255, 255];
/** Shadows lean to blue: pure black looks dirty. */
const shade: Color = [18, 20, 48];

export function lighten(color: Color, share: number): Color {
  return mix(color, white, share);
}

export function darken(color: Color, share: number): Color {
  return mix(color, shade, share);
}

/** How bright a color looks, 0 to 1. */
export function brightness([red, green, blue]: Color): number {
  return (0.299 * red + 0.587 * green + 0.114 * blue) / 255;
}
