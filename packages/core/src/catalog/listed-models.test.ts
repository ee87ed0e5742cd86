import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, test, vi } from "vitest";
import { API_KEY } from "../testing/engine.js";
import { refusedURL, serve } from "../testing/server.js";
import { createListedCatalog, type ListedCatalogOptions } from "./listed-models.js";
import { modelListFile } from "./model-list-file.js";

const HOUR_MS = 3_600_000;
const START = Date.parse("2026-03-10T12:00:00.000Z");

type Answer = (response: ServerResponse, request: IncomingMessage) => void;
const listing =
  (...ids: string[]): Answer =>
  (response) =>
    void response.end(JSON.stringify({ data: ids.map((id) => ({ id })) }));
const listingOf =
  (data: readonly object[]): Answer =>
  (response) =>
    void response.end(JSON.stringify({ data }));
const failing: Answer = (response) => void response.writeHead(500).end();

/** A provider whose answer can be changed, and a catalog of what it lists. */
async function setUp(first: Answer, more: Partial<ListedCatalogOptions> = {}) {
  const world = { answer: first, now: START, requests: [] as IncomingMessage[] };
  const baseURL = await serve((request, response) => {
    world.requests.push(request);
    world.answer(response, request);
  });
  const open = (own: Partial<ListedCatalogOptions> = {}) =>
    createListedCatalog({
      title: "Acme",
      request: { baseURL, path: "/models", apiKey: API_KEY, headers: { "x-own": "yes" }, fetch },
      file: undefined,
      extra: [],
      findOffTier: () => undefined,
      now: () => world.now,
      ...more,
      ...own,
    });
  return { world, baseURL, open, catalog: open() };
}

/** What there is to see once something has happened. */
async function after<T>(work: Promise<void>, look: () => T): Promise<T> {
  await work;
  return look();
}

const idsOf = ({ models }: { models: readonly { id: string }[] }) => models.map(({ id }) => id);

it("that is being fetched is given up with its engine, and asked for no more", async () => {
  const { promise: left, resolve: leave } = Promise.withResolvers<void>();
  const { world, catalog } = await setUp((response) => void response.once("close", leave));
  const ready = catalog.ready();
  await vi.waitFor(() => expect(world.requests).toHaveLength(1));
  catalog.close();
  await Promise.all([ready, left]);
  world.now += HOUR_MS;
  await catalog.ready();
  expect(world.requests).toHaveLength(1);
});

describe("a list of models", () => {
  it("is fetched before the first call, once, with key and headers", async () => {
    const { world, catalog } = await setUp(listing("a", "b"));
    expect(world.requests).toHaveLength(0);
    await Promise.all([catalog.ready(), catalog.ready()]);
    await catalog.ready();
    expect(idsOf(catalog)).toEqual(["a", "b"]);
    expect(catalog.find("b")).toMatchObject({ kind: "model", id: "b" });
    expect(catalog.find("bb-large")).toEqual({ kind: "unknown", suggestions: [] });
    expect(world.requests).toHaveLength(1);
    expect(world.requests[0]).toMatchObject({
      url: "/v1/models",
      headers: { authorization: `Bearer ${API_KEY}`, "x-own": "yes" },
    });
  });

  it("is fresh for an hour, then refreshed in no call's way", async () => {
    const { world, catalog } = await setUp(listing("old"));
    await catalog.ready();
    world.now += HOUR_MS - 1;
    await catalog.ready();
    expect(world.requests).toHaveLength(1);

    let answerLater = (): void => {};
    world.answer = (response) => {
      answerLater = () => listing("new")(response, undefined as never);
    };
    world.now += 1;
    // The server has not answered yet, and the call goes on with what is known.
    await catalog.ready();
    expect(idsOf(catalog)).toEqual(["old"]);
    await expect.poll(() => world.requests.length).toBe(2);
    await catalog.ready();
    expect(world.requests).toHaveLength(2);
    answerLater();
    await expect.poll(() => idsOf(catalog)).toEqual(["new"]);
  });

  it("is kept where a refresh fails, with one warning, and asked for again a minute later", async () => {
    const { world, catalog } = await setUp(listing("old"));
    const warnings: string[] = [];
    const ready = () => catalog.ready((message) => void warnings.push(message));
    await ready();
    world.answer = failing;
    world.now += HOUR_MS;
    await expect.poll(() => after(ready(), () => warnings)).toHaveLength(1);
    await ready();
    expect(warnings).toEqual([
      "Acme: its list of models could not be read (the server answered 500); the last one known is used.",
    ]);
    expect(idsOf(catalog)).toEqual(["old"]);
    world.now += 59_999;
    await ready();
    expect(world.requests).toHaveLength(2);
    world.answer = listing("new");
    world.now += 1;
    await expect.poll(() => after(ready(), () => idsOf(catalog))).toEqual(["new"]);
  });

  it("is asked for anew by a clock that was set back", async () => {
    const { world, catalog } = await setUp(listing("a"));
    await catalog.ready();
    world.now -= 24 * HOUR_MS;
    await expect.poll(() => after(catalog.ready(), () => world.requests)).toHaveLength(2);
  });

  test.each<[what: string, answer: Answer, reason: string]>([
    ["a failure", failing, "the server answered 500"],
    ["no JSON", (response) => void response.end("<html>"), "the answer is not valid JSON"],
    ["something else", (response) => void response.end('{"error":"no"}'), "the answer lists no models"],
    ["an empty list", listing(), "the answer lists no models"],
    ["a broken answer", (response) => void response.destroy(), "UND_ERR_SOCKET"],
    [
      "an endless one",
      (response) => {
        const more = (): void => {
          while (!response.destroyed && response.write(" ".repeat(1_000_000)));
        };
        response.on("drain", more);
        more();
      },
      "the answer is longer than 8000000 bytes",
    ],
  ])("that is %s is none: names are sent as they are, and no later call waits", async (_, answer, reason) => {
    const { world, catalog } = await setUp(answer);
    const warnings: string[] = [];
    await catalog.ready((message) => void warnings.push(message));
    expect(warnings).toEqual([`Acme: its list of models could not be read (${reason}); ids are sent as they are.`]);
    expect(catalog.models).toEqual([]);
    expect(catalog.find("anything")).toEqual({ kind: "unknown", suggestions: [], unlisted: true });
    await catalog.ready();
    expect(world.requests).toHaveLength(1);
    world.answer = listing("a");
    world.now += 60_000;
    await expect.poll(() => after(catalog.ready(), () => idsOf(catalog))).toEqual(["a"]);
    expect(catalog.find("anything")).not.toHaveProperty("unlisted");
  });

  it.each<[string, typeof fetch | undefined]>([
    ["does not answer in time", undefined],
    ["is asked by a fetch that heeds no signal", () => new Promise(() => {})],
  ])("that is missing since its server %s is told of, and waited for once", async (_, ownFetch) => {
    const { world, baseURL, open } = await setUp(() => {});
    const request = { baseURL, path: "/models", apiKey: "", headers: {}, fetch: ownFetch ?? fetch };
    const catalog = open({ request, waitMs: 50 });
    onTestFinished(() => catalog.close());
    const warnings: string[] = [];
    const ready = () => catalog.ready((message) => void warnings.push(message));
    await ready();
    expect(warnings).toEqual([expect.stringMatching(/\(no answer within 0\.\d+ s\); ids are sent as they are\.$/)]);
    await ready();
    expect(world.requests).toHaveLength(ownFetch === undefined ? 1 : 0);
  });

  it("can't be had from a server that is not there", async () => {
    const warnings: string[] = [];
    const request = { baseURL: await refusedURL(), path: "/models", apiKey: "", headers: {}, fetch };
    const { catalog } = await setUp(failing, { request });
    await catalog.ready((message) => void warnings.push(message));
    expect(warnings[0]).toContain("(ECONNREFUSED)");
  });

  it("has the user's own models before those listed under their names", async () => {
    const own = { id: "mine", modality: "chat", aliases: ["b"] } as const;
    const replaced = { id: "a", modality: "embedding" } as const;
    const { catalog } = await setUp(listing("a", "b", "c"), { extra: [own, replaced] });
    expect(catalog.find("mine")).toMatchObject({ kind: "model", id: "mine" });
    await catalog.ready();
    expect(idsOf(catalog)).toEqual(["a", "c", "mine"]);
    expect(catalog.find("b")).toMatchObject({ kind: "model", model: { id: "mine" } });
    expect(catalog.find("a")).toMatchObject({ model: { modality: "embedding" } });
  });

  it("has no model with a price, whichever name it is asked by and whoever adds it", async () => {
    const entries = [{ id: "lab/Free", price: "0" }, { id: "lab/Dear", price: "0.000001" }, { id: "unpriced" }];
    const warnings: string[] = [];
    const extra = [
      { id: "lab/Dear", modality: "chat" },
      { id: "mine", modality: "chat", aliases: ["LAB/dear"] },
    ] as const;
    const { baseURL, catalog } = await setUp(listingOf(entries), { extra: [] });
    const request = { baseURL, path: "/models", apiKey: API_KEY, headers: {}, fetch, prices: ["price"] };
    const { catalog: own } = await setUp(failing, { request, extra });
    await own.ready((message) => void warnings.push(message));
    await catalog.ready();
    expect(warnings).toEqual([]);
    expect(idsOf(own)).toEqual(["lab/Free", "unpriced", "mine"]);
    for (const name of ["lab/Dear", "lab/dear", "LAB/dear"])
      expect(own.find(name)).toMatchObject({ kind: "off-tier", modality: "paid" });
    for (const name of ["lab/Free", "mine"]) expect(own.find(name)).toMatchObject({ kind: "model" });
    expect(own.find("other").kind).toBe("unknown");
    // A document that does not say where prices stand knows of none.
    expect(catalog.find("lab/Dear")).toMatchObject({ kind: "model" });
  });

  it("knows what is not served, with a list and without", async () => {
    const findOffTier = (name: string) => (name === "veo" ? { name, modality: "video" } : undefined);
    const { catalog } = await setUp(listing("a"), { findOffTier });
    expect(catalog.find("veo")).toMatchObject({ kind: "off-tier" });
    await catalog.ready();
    expect(catalog.find("veo")).toMatchObject({ kind: "off-tier" });
  });
});

describe("the key", () => {
  it("follows no redirect", async () => {
    const { world: other, baseURL: elsewhere } = await setUp(listing("stolen"));
    const { catalog } = await setUp((response) => {
      response.writeHead(302, { location: `${elsewhere}/models` }).end();
    });
    const warnings: string[] = [];
    await catalog.ready((message) => void warnings.push(message));
    expect(other.requests).toHaveLength(0);
    expect(warnings[0]).toContain("(the server answered 302)");
    expect(warnings[0]).not.toContain(API_KEY);
  });

  test.each(["@elsewhere.test/models", ".elsewhere.test/models"])(
    "goes to no other server by the path %s",
    async (path) => {
      const asked: unknown[] = [];
      const { catalog } = await setUp(failing, {
        request: {
          baseURL: "https://api.acme.test",
          path,
          apiKey: API_KEY,
          headers: {},
          fetch: async (input) => {
            asked.push(input);
            return Response.json([]);
          },
        },
      });
      const warnings: string[] = [];
      await catalog.ready((message) => void warnings.push(message));
      expect(asked).toEqual([]);
      expect(warnings[0]).toContain("its path leads to another server");
    },
  );

  it("is not sent where there is none", async () => {
    const { world, baseURL, open } = await setUp(listing("a"));
    await open({ request: { baseURL, path: "/models", apiKey: "", headers: {}, fetch } }).ready();
    expect(world.requests[0]?.headers).not.toHaveProperty("authorization");
  });
});

describe("the file of a list", () => {
  async function setUpFile(answer: Answer) {
    const directory = await mkdtemp(join(tmpdir(), "laplas-models-"));
    onTestFinished(() => rm(directory, { recursive: true, force: true }));
    const world = await setUp(answer);
    const url = `${world.baseURL}/models`;
    const file = (own: { url?: string; providerId?: string; prices?: readonly string[] } = {}) =>
      modelListFile({
        providerId: "acme",
        url,
        environment: { XDG_STATE_HOME: directory, HOME: directory, LOCALAPPDATA: directory },
        ...own,
      });
    const kept = async (): Promise<string[]> => {
      const names = await readdir(directory, { recursive: true });
      return names.filter((name) => name.includes("models-"));
    };
    /** As a program that has ended: its list is on the disk. */
    const runOnce = async (): Promise<string> => {
      await world.open({ file: file() }).ready();
      await expect.poll(kept).toEqual([expect.stringMatching(/models-acme\.json$/)]);
      const [name = ""] = await kept();
      return join(directory, name);
    };
    return { ...world, file, kept, runOnce };
  }

  it("saves the next program the request while it is fresh", async () => {
    const { world, open, file, runOnce } = await setUpFile(listing("a", "nomic-embed"));
    const path = await runOnce();
    expect(path).toMatch(/laplas[\\/]models-acme\.json$/);
    if (process.platform !== "win32") expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readFile(path, "utf8")).not.toContain(API_KEY);
    const next = open({ file: file() });
    await next.ready();
    expect(next.models).toMatchObject([{ id: "a" }, { id: "nomic-embed", modality: "embedding" }]);
    expect(world.requests).toHaveLength(1);
  });

  it("serves old ones while the new ones are on their way, and while there are none", async () => {
    const { world, open, file, runOnce } = await setUpFile(listing("old"));
    await runOnce();
    world.now += 100 * HOUR_MS;
    world.answer = () => {};
    const waiting = open({ file: file() });
    await waiting.ready();
    expect(idsOf(waiting)).toEqual(["old"]);
    world.answer = failing;
    const failed = open({ file: file() });
    await failed.ready();
    expect(idsOf(failed)).toEqual(["old"]);
    expect(failed.find("x")).not.toHaveProperty("unlisted");
  });

  test.each([
    "",
    "{",
    "null",
    "[]",
    '{"format":2}',
    '{"format":2,"prices":[],"priced":[],"models":[5],"fetchedAt":1}',
    // Written by a version that did not look at prices.
    '{"format":1,"models":[{"id":"b","modality":"chat"}],"fetchedAt":1}',
  ])("that holds %j is ignored, and written anew", async (text) => {
    const { world, open, file, runOnce } = await setUpFile(listing("a"));
    const path = await runOnce();
    await writeFile(path, text);
    const next = open({ file: file() });
    await next.ready();
    expect(idsOf(next)).toEqual(["a"]);
    expect(world.requests).toHaveLength(2);
    await expect.poll(async () => (await readFile(path, "utf8")).length).toBeGreaterThan(text.length + 20);
  });

  it("keeps what has a price for the next program, and is none where prices are looked for in other places", async () => {
    const entries = [
      { id: "free", price: 0 },
      { id: "dear", price: 2 },
    ];
    const { world, baseURL, open, file } = await setUpFile(listingOf(entries));
    const prices = ["price"];
    const request = { baseURL, path: "/models", apiKey: API_KEY, headers: {}, fetch, prices };
    await open({ request, file: file({ prices }) }).ready();
    await expect.poll(() => file({ prices }).read()).toMatchObject({ priced: ["dear"] });
    const next = open({ request, file: file({ prices }) });
    await next.ready();
    expect(world.requests).toHaveLength(1);
    expect(idsOf(next)).toEqual(["free"]);
    expect(next.find("dear")).toMatchObject({ kind: "off-tier", modality: "paid" });
    expect(await file({ prices: ["cost"] }).read()).toBeUndefined();
    expect(await file().read()).toBeUndefined();
  });

  it("of another server is none", async () => {
    const { file, runOnce } = await setUpFile(listing("a"));
    await runOnce();
    expect(await file().read()).toMatchObject({ fetchedAt: START });
    expect(await file({ url: "https://other.test/models" }).read()).toBeUndefined();
    expect(await file({ providerId: "other" }).read()).toBeUndefined();
  });

  it("that can't be written leaves the list in memory, and nothing behind", async () => {
    const { open, world } = await setUpFile(listing("a"));
    const directory = await mkdtemp(join(tmpdir(), "laplas-models-"));
    onTestFinished(() => rm(directory, { recursive: true, force: true }));
    const blocked = join(directory, "file");
    await writeFile(blocked, "");
    const environment = { XDG_STATE_HOME: blocked, HOME: blocked, LOCALAPPDATA: blocked };
    const file = modelListFile({ providerId: "acme", url: "x", environment });
    const catalog = open({ file });
    await catalog.ready();
    expect(idsOf(catalog)).toEqual(["a"]);
    expect(world.requests).toHaveLength(1);
    await file.write({ models: catalog.models, priced: [], fetchedAt: START });
    expect(await readdir(directory)).toEqual(["file"]);
  });
});
