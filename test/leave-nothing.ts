import { afterAll, expect } from "vitest";

/** Of the process, before the first file of a worker. A file that leaves another one breaks those that come after it, far away from the cause. */
const NAMES = ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date", "performance", "fetch"] as const;
const KEY = Symbol.for("laplas.tests.globals");
const kept = globalThis as { [KEY]?: Readonly<Record<string, unknown>> };
const globals = (): Readonly<Record<string, unknown>> =>
  Object.fromEntries(NAMES.map((name) => [name, globalThis[name]]));
const first = kept[KEY] ?? globals();
kept[KEY] = first;

afterAll(() => {
  const left = globals();
  expect(NAMES.filter((name) => left[name] !== first[name])).toEqual([]);
});
