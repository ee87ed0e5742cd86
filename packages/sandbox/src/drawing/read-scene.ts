import { stem, wordsOf } from "../text/words.js";
import type { Color } from "./color.js";
import { colorWords } from "./palettes.js";
import {
  emblems,
  type Ground,
  grounds,
  numbers,
  type Sky,
  skies,
  synonyms,
  type ThingKind,
  type TimeOfDay,
  times,
} from "./scene-words.js";

export interface Thing {
  kind: ThingKind;
  count: number;
  /** The color named before it. */
  color: Color | undefined;
}

/** What a prompt names of the things that can be drawn. */
export interface Scene {
  time: TimeOfDay;
  ground: Ground | undefined;
  sky: ReadonlySet<Sky>;
  things: readonly Thing[];
  /** Colors that belong to no thing. */
  colors: readonly Color[];
}

/** Undefined when the prompt names nothing that can be drawn. */
export function readScene(prompt: string): Scene | undefined {
  const words = wordsOf(prompt);
  const sky = new Set<Sky>();
  const things = new Map<ThingKind, Thing>();
  const colors: Color[] = [];
  let ground: Ground | undefined;
  let color: Color | undefined;
  let count: number | undefined;
  let before: string | undefined;
  for (const word of words) {
    const named = colorWords.get(word);
    // "rose" and "orange" are colors before a noun and nouns at the end; as colors they are right in both.
    if (named) {
      if (color) colors.push(color);
      color = named;
      continue;
    }
    if (numbers.has(word) || /^[2-9]$/.test(word)) count = numbers.get(word) ?? Number(word);
    const meaning = word === "stars" ? "stars" : synonyms.get(stem(word));
    if (meaning === undefined) continue;
    const many = count ?? (word === "village" ? 3 : undefined) ?? (word.endsWith("s") && stem(word) !== word ? 3 : 1);
    if (isOne(grounds, meaning)) {
      ground ??= meaning;
      // Green hills are green, and the house on them is not.
      color = undefined;
    } else if (isOne(skies, meaning)) {
      sky.add(meaning);
      if (color) colors.push(color);
      color = undefined;
    } else if (meaning === "tree" && (before === "pine" || before === "palm"))
      things.set(before, { kind: before, count: Math.min(many, 7), color: things.get(before)?.color });
    else if (!things.has(meaning as ThingKind)) {
      things.set(meaning as ThingKind, { kind: meaning as ThingKind, count: Math.min(many, 7), color });
      color = undefined;
    }
    before = meaning;
    count = undefined;
  }
  if (color) colors.push(color);
  const time = words.map((word) => times.get(word)).find((found) => found !== undefined);
  if (!ground && !time && sky.size === 0 && things.size === 0) return undefined;
  return {
    time: time ?? (ground === "space" || sky.has("stars") ? "night" : "day"),
    ground,
    sky,
    things: [...things.values()],
    colors,
  };
}

function isOne<Word extends string>(list: readonly Word[], word: string): word is Word {
  return (list as readonly string[]).includes(word);
}

const emblemSet: ReadonlySet<string> = new Set(emblems);

/** Whether a thing is shown large on a plain ground when nothing around it is named. */
export function isEmblem(thing: Thing): boolean {
  return emblemSet.has(thing.kind);
}

/** The colors of a prompt, for pictures of nothing else. */
export function readColors(prompt: string): Color[] {
  return wordsOf(prompt)
    .map((word) => colorWords.get(word))
    .filter((color) => color !== undefined);
}
