import { importNode } from "../import-node.js";
import { stateDirectory } from "../ledger/state-directory.js";
import type { ModelList } from "./fetch-model-list.js";
import { complete } from "./merge-models.js";
import { modelEntrySchema } from "./model-entry.js";

/** A list and its age. */
export interface KeptList extends ModelList {
  /** When it was fetched, epoch milliseconds. */
  readonly fetchedAt: number;
}

/** Keeps a provider's list for the next program. What goes wrong with it never fails anything. */
export interface ModelListFile {
  /** `undefined` where there is none, or none that can be read. */
  read(): Promise<KeptList | undefined>;
  write(list: KeptList): Promise<void>;
}

/** Where, and whose list. */
export interface ModelListFileOptions {
  readonly providerId: string;
  /** A list of another server under the same id is none. */
  readonly url: string;
  /** Places of prices that it was read with. @default none */
  readonly prices?: readonly string[] | undefined;
  /** Names the user's state directory. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** 1 was without prices. */
const FORMAT = 2;
const MOST_BYTES = 16_000_000;

/** The file beside the default ledger. Without Node, or without a place to write, nothing is kept. */
export function modelListFile({ providerId, url, prices = [], environment }: ModelListFileOptions): ModelListFile {
  const open = async () => {
    const { promises: files } = await importNode("node:fs");
    const { join } = await importNode("node:path");
    const directory = await stateDirectory(environment);
    return { files, directory, path: join(directory, `models-${providerId.replace(/[^a-z0-9-]/g, "_")}.json`) };
  };
  return {
    async read() {
      try {
        const { files, path } = await open();
        if ((await files.stat(path)).size > MOST_BYTES) return undefined;
        return readKept(JSON.parse(await files.readFile(path, "utf8")), url, prices);
      } catch {
        return undefined;
      }
    },
    async write({ models, priced, fetchedAt }) {
      try {
        const { files, directory, path } = await open();
        await files.mkdir(directory, { recursive: true, mode: 0o700 });
        // Another program may read it at any moment: it is whole, or the one before.
        const draft = `${path}.${crypto.randomUUID()}`;
        try {
          await files.writeFile(draft, JSON.stringify({ format: FORMAT, url, prices, fetchedAt, models, priced }), {
            mode: 0o600,
          });
          await files.rename(draft, path);
        } catch {
          await files.rm(draft, { force: true });
        }
      } catch {
        // The list is in memory.
      }
    },
  };
}

function readKept(kept: unknown, wanted: string, wantedPrices: readonly string[]): KeptList | undefined {
  const { format, url, prices, fetchedAt, models, priced } = (kept ?? {}) as Record<string, unknown>;
  if (format !== FORMAT || url !== wanted || typeof fetchedAt !== "number" || !Array.isArray(models)) return undefined;
  // Read with other places it would let through what has a price today.
  if (JSON.stringify(prices) !== JSON.stringify(wantedPrices) || !isTexts(priced)) return undefined;
  const read = models.flatMap((model) => {
    const checked = modelEntrySchema().safeParse(model);
    return checked.success ? [complete(checked.data)] : [];
  });
  return read.length + priced.length === 0 ? undefined : { models: read, priced, fetchedAt };
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((text) => typeof text === "string");
}
