import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import type { LedgerOption } from "../ledger/open-ledger.js";
import { completeProvider } from "../provider/complete-provider.js";
import { paidTier } from "../providers/laplas/laplas-tiers.js";
import { serve } from "../testing/server.js";
import { openListedCatalog } from "./open-listed-catalog.js";

it.each<[ledger: LedgerOption, kept: string[]]>([
  ["sqlite", ["models-acme.json"]],
  ["redis://127.0.0.1:9", ["models-acme.json"]],
  // Who keeps the account in memory wants nothing written.
  ["memory", []],
])("beside the ledger %s it keeps %j", async (ledger, kept) => {
  const directory = await mkdtemp(join(tmpdir(), "laplas-models-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const baseURL = await serve((request, response) => {
    response.end(JSON.stringify(request.url === "/v1/own/list" ? ["a"] : ["wrong"]));
  });
  const document = { id: "acme", title: "Acme", baseURL, paths: { models: "/own/list" }, tiers: [] };
  const parts = { baseURL, models: undefined, findOffTier: () => undefined, tiers: [paidTier] } as const;
  const catalog = openListedCatalog({
    provider: completeProvider(document, parts),
    apiKey: "",
    baseURL,
    extra: [],
    ledger,
    environment: { XDG_STATE_HOME: directory, HOME: directory, LOCALAPPDATA: directory },
    fetch: undefined,
    now: undefined,
  });
  await catalog.ready?.();
  expect(catalog.models.map(({ id }) => id)).toEqual(["a"]);
  const names = async (): Promise<string[]> => {
    const found = await readdir(directory, { recursive: true });
    return found.filter((name) => name.endsWith(".json")).map((name) => name.replace(/^.*[\\/]/, ""));
  };
  await expect.poll(names).toEqual(kept);
});
