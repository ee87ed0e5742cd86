import { type Catalog, catalogOf, type FindOffTier } from "./create-catalog.js";
import { fetchModelList, type ModelList, type ModelListRequest } from "./fetch-model-list.js";
import { mergeModels } from "./merge-models.js";
import type { Model } from "./model.js";
import type { ModelEntryInput } from "./model-entry.js";
import type { ModelListFile } from "./model-list-file.js";
import { withoutPriced } from "./without-priced.js";

/** Whose list, and what is known beside it. */
export interface ListedCatalogOptions {
  /** The provider's name, for people. */
  readonly title: string;
  readonly request: ModelListRequest;
  /** Where the list is kept for the next program; `undefined` to keep it in memory alone. */
  readonly file: ModelListFile | undefined;
  /** The user's own models: they take the place of listed ones. */
  readonly extra: readonly ModelEntryInput[];
  readonly findOffTier: FindOffTier;
  readonly now: () => number;
  /** What a first call waits for a list, in milliseconds. @default 5000 */
  readonly waitMs?: number | undefined;
}

/** A list of this age is as good as a new one. */
const FRESH_MS = 3_600_000;
/** A server that could not be asked is left alone for this long. */
const PAUSE_MS = 60_000;
const WAIT_MS = 5_000;
/** Of the wait, what the request itself gets: it has to fail before the wait is over, so that the call is told why there is no list. */
const FETCH_SHARE = 0.9;

/**
 * A catalog of the models that the provider itself lists: fetched before the first call, refreshed beside later ones, and kept where a
 * refresh fails. As long as there is no list, every name is `unlisted`.
 *
 * @throws TypeError for an entry of the user's that does not pass the check
 */
export function createListedCatalog(
  options: ListedCatalogOptions,
): Catalog & Required<Pick<Catalog, "ready" | "recall" | "close">> {
  const { title, request, file, extra, findOffTier, now, waitMs = WAIT_MS } = options;
  const empty = catalogOf(mergeModels([], extra), findOffTier);
  let catalog: Catalog | undefined;
  let fetchedAt = Number.NEGATIVE_INFINITY;
  let triedAt = Number.NEGATIVE_INFINITY;
  let recalled: Promise<void> | undefined;
  let running: Promise<void> | undefined;
  /** Why the last attempt failed, until somebody was told. */
  let problem: string | undefined;
  const closing = new AbortController();
  /** Resolves when a list is there, or the first attempt has failed. */
  const first = Promise.withResolvers<void>();
  let isFirstOver = false;
  const endFirst = (): void => {
    isFirstOver = true;
    first.resolve();
  };

  // A clock that was set back makes no list fresh for longer.
  const isWithin = (since: number, spanMs: number): boolean => now() >= since && now() - since < spanMs;
  const take = ({ models, priced }: ModelList, at: number): void => {
    catalog = withoutPriced(catalogOf(mergeModels(withoutNames(models, extra), extra), findOffTier), priced);
    fetchedAt = at;
    endFirst();
  };
  /** What an earlier program has kept, once. */
  const recall = (): Promise<void> => {
    recalled ??= (async () => {
      const kept = await file?.read();
      if (kept !== undefined && catalog === undefined) take(kept, kept.fetchedAt);
    })();
    return recalled;
  };
  const refresh = async (): Promise<void> => {
    await recall();
    if (isWithin(fetchedAt, FRESH_MS)) return;
    try {
      const list = await fetchModelList(request, closing.signal, waitMs * FETCH_SHARE);
      take(list, now());
      problem = undefined;
      await file?.write({ ...list, fetchedAt });
    } catch (error) {
      problem = (error as Error).message;
    }
  };
  const start = (): void => {
    if (closing.signal.aborted || running !== undefined || isWithin(fetchedAt, FRESH_MS) || isWithin(triedAt, PAUSE_MS))
      return;
    triedAt = now();
    running = refresh().finally(() => {
      running = undefined;
      endFirst();
    });
  };

  return {
    get models() {
      return (catalog ?? empty).models;
    },
    find(name) {
      if (catalog !== undefined) return catalog.find(name);
      const found = empty.find(name);
      return found.kind === "unknown" ? { ...found, unlisted: true } : found;
    },
    recall,
    async ready(warn) {
      start();
      if (!isFirstOver) await atMost(first.promise, waitMs);
      if (!isFirstOver) {
        // A `fetch` that was handed in may not heed its signal. No later call waits for it.
        problem ??= `no answer within ${waitMs / 1_000} s`;
        endFirst();
      }
      if (problem === undefined) return;
      const meanwhile = catalog === undefined ? "ids are sent as they are" : "the last one known is used";
      warn?.(`${title}: its list of models could not be read (${problem}); ${meanwhile}.`);
      problem = undefined;
    },
    close: () => closing.abort(),
  };
}

/** A user's entry owns its names. A listed model loses its place, or the alias, to it. */
function withoutNames(models: readonly Model[], extra: readonly ModelEntryInput[]): readonly Model[] {
  const aliases = new Set(extra.flatMap((entry) => entry.aliases ?? []));
  return aliases.size === 0 ? models : models.filter(({ id }) => !aliases.has(id));
}

async function atMost(work: Promise<void>, ms: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const pause = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work, pause]);
  clearTimeout(timer);
}
