import { type Color, hex } from "./color.js";

/** Colors by their English name, in the tones of a picture book. */
export const colorWords: ReadonlyMap<string, Color> = new Map(
  Object.entries({
    red: "d94a3d",
    crimson: "b3263a",
    scarlet: "e03c31",
    orange: "ee8434",
    coral: "f28a6f",
    peach: "f6b794",
    yellow: "f2c14e",
    golden: "eab541",
    gold: "e2ac3a",
    amber: "e9a03b",
    green: "5b9a5d",
    emerald: "2f8f6b",
    olive: "8a8f4a",
    lime: "a6c64c",
    mint: "9ed8be",
    teal: "2f8c8c",
    turquoise: "3fb4b0",
    cyan: "48b7cf",
    blue: "3d72b4",
    navy: "24406e",
    azure: "5aa0dd",
    indigo: "4a4a98",
    purple: "7a55a5",
    violet: "8c62b5",
    lavender: "b3a0d9",
    magenta: "c04a90",
    pink: "ea8fb0",
    rose: "dc7285",
    brown: "8b5e3f",
    chocolate: "6a4230",
    beige: "e3d3b4",
    cream: "f4e8d0",
    white: "f6f3ee",
    ivory: "f5efdf",
    silver: "bcc4cc",
    gray: "8c929c",
    grey: "8c929c",
    black: "33343d",
    ginger: "e38b3f",
    blond: "e5c27a",
  }).map(([word, value]) => [word, hex(value)]),
);

export type Palette = readonly [Color, Color, Color, Color, Color];

function palette(first: string, second: string, third: string, fourth: string, fifth: string): Palette {
  return [hex(first), hex(second), hex(third), hex(fourth), hex(fifth)];
}

/** Ground, then four colors that go with it. */
export const palettes: readonly [Palette, ...Palette[]] = [
  palette("f4ecdd", "d9573f", "f0a868", "2f4858", "86a397"),
  palette("1f2a44", "f2cc8f", "e07a5f", "81b29a", "f4f1de"),
  palette("f7f3ec", "264653", "2a9d8f", "e9c46a", "e76f51"),
  palette("2b2d42", "8d99ae", "edf2f4", "ef6f6c", "ffd29d"),
  palette("fdf6ec", "6d597a", "b56576", "e88c7d", "eaac8b"),
  palette("e8eee9", "1d3b3a", "5b8e7d", "bcd4b6", "f4b860"),
  palette("faf5ee", "3a506b", "5bc0be", "c7e5e0", "ff8a5b"),
  palette("241c33", "7c5cbf", "d66ba0", "ffb88a", "fbe9c6"),
];
