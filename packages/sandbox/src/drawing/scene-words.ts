import { stem } from "../text/words.js";

export const grounds = ["sea", "mountain", "hill", "desert", "forest", "city", "meadow", "space"] as const;
export const skies = ["sun", "moon", "stars", "cloud", "rain", "rainbow", "snow"] as const;
const landThings = ["house", "tree", "pine", "palm", "lighthouse", "boat", "balloon", "bird"] as const;
export const emblems = ["cat", "dog", "fish", "heart", "flower", "robot", "rocket", "planet", "cup", "star"] as const;

export type Ground = (typeof grounds)[number];
export type Sky = (typeof skies)[number];
export type ThingKind = (typeof landThings)[number] | (typeof emblems)[number];
export type TimeOfDay = "day" | "sunset" | "night";

/* Maps: a prompt may hold words like "constructor", which every object answers to. */

export const synonyms: ReadonlyMap<string, string> = mapOf({
  ...Object.fromEntries([...grounds, ...skies, ...landThings, ...emblems].map((word) => [stem(word), word])),
  ...synonym("sea", "ocean lake beach coast island wave bay harbor harbour water river shore"),
  ...synonym("mountain", "mountains peak alps summit volcano fuji"),
  ...synonym("hill", "hills valley countryside landscape road farm"),
  ...synonym("desert", "dune dunes sahara sand camel pyramid"),
  ...synonym("forest", "woods jungle woodland"),
  ...synonym("city", "skyline town street skyscraper building buildings tower downtown metropolis cyberpunk"),
  ...synonym("meadow", "field garden grass park spring"),
  ...synonym("snow", "winter snowy ice christmas arctic"),
  ...synonym("space", "galaxy cosmos universe nebula astronaut spaceship"),
  ...synonym("sun", "sunny sunshine"),
  ...synonym("moon", "moonlight moonlit"),
  ...synonym("stars", "starry constellation"),
  ...synonym("cloud", "cloudy"),
  ...synonym("rain", "rainy storm"),
  ...synonym("house", "cottage cabin home hut barn castle village"),
  ...synonym("tree", "oak apple maple"),
  ...synonym("pine", "fir spruce"),
  ...synonym("boat", "ship sailboat sail yacht sailing"),
  ...synonym("bird", "birds seagull gull eagle parrot owl"),
  ...synonym("cat", "kitten kitty kittens"),
  ...synonym("dog", "puppy puppies"),
  ...synonym("heart", "love valentine"),
  ...synonym("flower", "flowers rose tulip daisy sunflower blossom"),
  ...synonym("robot", "android droid"),
  ...synonym("planet", "saturn mars earth"),
  ...synonym("cup", "coffee tea mug cappuccino"),
});
export const times: ReadonlyMap<string, TimeOfDay> = mapOf({
  sunset: "sunset",
  sunrise: "sunset",
  dawn: "sunset",
  dusk: "sunset",
  evening: "sunset",
  night: "night",
  midnight: "night",
  moon: "night",
  moonlight: "night",
  moonlit: "night",
  starry: "night",
  galaxy: "night",
});
export const numbers: ReadonlyMap<string, number> = mapOf({
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  several: 4,
  many: 6,
  some: 3,
  few: 3,
  pair: 2,
});

function mapOf<Value>(entries: Record<string, Value>): ReadonlyMap<string, Value> {
  return new Map(Object.entries(entries));
}

function synonym(meaning: string, words: string): Record<string, string> {
  return Object.fromEntries(words.split(" ").map((word) => [stem(word), meaning]));
}
