const subjects = [
  "The harbor office",
  "A quiet lighthouse",
  "The old ferry",
  "Every second captain",
  "The night watch",
  "A careful pilot",
  "The northern pier",
  "Some patient fisher",
  "The market hall",
  "A young carpenter",
  "The tide table",
];
const verbs = ["counts", "repairs", "forgets", "describes", "hides", "collects", "measures", "paints", "borrows"];
const objects = [
  "seven brass lanterns",
  "the torn nets",
  "a letter from Bergen",
  "two barrels of salt",
  "the names of the ships",
  "an unfinished map",
  "the smallest anchor",
  "a box of dry matches",
  "the wind of last week",
  "half of the ledger",
  "three borrowed ropes",
  "the last loaf of bread",
  "a song about winter",
];
const places = [
  "before the fog comes in",
  "behind the customs house",
  "while the bells are ringing",
  "without telling anyone",
  "as if nothing had happened",
  "and writes it down at once",
  "although the day is long",
  "under a borrowed umbrella",
  "for the third time this month",
  "between two cups of coffee",
  "where the gulls are loud",
  "until the paint is dry",
  "because the harbor master asked",
  "on the far side of the bay",
  "in a very low voice",
  "at the end of the rope",
];

const lists = [subjects, verbs, objects, places] as const;
const combinations = lists.reduce((product, list) => product * list.length, 1);

/** Shares no factor with any length of the lists, so that it comes by all of their combinations before one returns. */
const step = 8009;

/** Sentence `index` of a text, without a full stop; the first twenty thousand differ. */
export function sentence(index: number, seed: number): string {
  let rest = (index * step + seed * 104_729) % combinations;
  const parts = lists.map((list) => {
    const part = list[rest % list.length] ?? "";
    rest = Math.floor(rest / list.length);
    return part;
  });
  return parts.join(" ");
}
