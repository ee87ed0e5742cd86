import type { FindOffTier, OffTierModel } from "./create-catalog.js";

/** Models of one kind and one vendor that a provider has, and that can't be called. */
export interface NotServedModels {
  /** What they make: `video`, `music`, ... */
  readonly modality: string;
  /** What people write in front of a model's name. @default [] */
  readonly vendors?: readonly string[] | undefined;
  /** Of each model the name to call it by, then its other names. */
  readonly models: readonly (readonly string[])[];
}

/**
 * Makes a finder of models by any of their names, with or without the vendor's name in front and "legacy" behind it. Case, spaces and
 * punctuation don't count; anything else must be the whole name. The names are indexed with the first use.
 */
export function offTierFinder(notServed: readonly NotServedModels[]): FindOffTier {
  let bySpelling: Map<string, OffTierModel> | undefined;
  return (name) => {
    bySpelling ??= indexBySpelling(notServed);
    return bySpelling.get(spellingOf(name));
  };
}

function indexBySpelling(notServed: readonly NotServedModels[]): Map<string, OffTierModel> {
  const index = new Map<string, OffTierModel>();
  for (const { modality, vendors = [], models } of notServed) {
    for (const names of models) {
      const model = { name: names[0] ?? "", modality };
      for (const name of names) {
        for (const prefix of ["", ...vendors]) {
          const spelling = spellingOf(prefix + name);
          if (!index.has(spelling)) index.set(spelling, model);
        }
      }
    }
  }
  return index;
}

/** "Veo 2", "veo-2" and "Veo2" are one, and so are "stt" and "stt [legacy]". */
function spellingOf(name: string): string {
  return name
    .toLowerCase()
    .replace(/[\s\-_./:#()[\]]+/g, "")
    .replace(/legacy$/, "");
}
