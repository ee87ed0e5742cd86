import { afterEach, describe, expect, it, test, vi } from "vitest";
import { createLaplas } from "./create-laplas.js";
import { InvalidOptionsError } from "./errors/setup-errors.js";
import type { LaplasListener } from "./events.js";
import { type LaplasOptions, resolveOptions } from "./options.js";

afterEach(() => vi.unstubAllEnvs());

const KEY = "key-1";
function message(options: object): string {
  try {
    createLaplas(options as LaplasOptions);
  } catch (error) {
    expect(InvalidOptionsError.isInstance(error)).toBe(true);
    return (error as Error).message;
  }
  throw new Error(`${JSON.stringify(options)} was taken`);
}

describe("options", () => {
  it("have defaults", () => {
    for (const name of Object.keys(process.env)) if (name.startsWith("LAPLAS_")) vi.stubEnv(name, undefined);
    const { catalog: _, now: __, tier, ...rest } = resolveOptions({ apiKey: KEY });
    expect(tier.name).toBe("free");
    expect(rest).toMatchObject({
      apiKey: KEY,
      baseURL: "https://api.apilaplas.com/v1",
      ledger: "sqlite",
      durability: "process",
      onExcess: "adjust",
      admission: "expected",
      maxRetries: 2,
      patienceMs: 60_000,
      timeoutMs: 120_000,
      deadlineMs: 600_000,
      unknownModels: "refuse",
    });
  });

  it("come from the environment where they are left out; empty variables are none", () => {
    vi.stubEnv("LAPLAS_API_KEY", "from-env");
    vi.stubEnv("LAPLAS_BASE_URL", "http://127.0.0.1:4000/v1///");
    vi.stubEnv("LAPLAS_TIER", "paid");
    vi.stubEnv("LAPLAS_LEDGER", "memory");
    expect(resolveOptions()).toMatchObject({
      apiKey: "from-env",
      baseURL: "http://127.0.0.1:4000/v1",
      ledger: "memory",
      tier: { name: "paid" },
    });
    expect(resolveOptions({ apiKey: KEY, tier: "free" })).toMatchObject({ apiKey: KEY, tier: { name: "free" } });
    vi.stubEnv("LAPLAS_TIER", "");
    expect(resolveOptions().tier.name).toBe("free");
  });

  it("come from another environment where one is given, and not from the process's", () => {
    vi.stubEnv("LAPLAS_API_KEY", "of-the-process");
    vi.stubEnv("LAPLAS_TIER", "paid");
    const environment = { LAPLAS_API_KEY: "handed-in", LAPLAS_LEDGER: "" };
    expect(resolveOptions({ environment })).toMatchObject({
      apiKey: "handed-in",
      ledger: "sqlite",
      tier: { name: "free" },
      environment,
    });
    expect(message({ environment: {} })).toMatch(/"apiKey" \(LAPLAS_API_KEY\) is missing/);
  });

  it("read no variable of another vendor, none of ours beyond the five, and of OpenTelemetry the one", () => {
    const asked: string[] = [];
    const real = process.env;
    const spy = new Proxy(real, {
      get(target, name) {
        asked.push(String(name));
        return Reflect.get(target, name) as unknown;
      },
    });
    process.env = spy;
    try {
      resolveOptions({});
    } catch {
      // Without a key in the environment.
    } finally {
      process.env = real;
    }
    process.env = spy;
    try {
      resolveOptions({ apiKey: KEY });
    } finally {
      process.env = real;
    }
    expect(new Set(asked.filter((name) => !/^(NODE_|VITE)/.test(name)))).toEqual(
      new Set([
        "LAPLAS_API_KEY",
        "LAPLAS_BASE_URL",
        "LAPLAS_TIER",
        "LAPLAS_LEDGER",
        "LAPLAS_CONTINUE_AT_CAP",
        "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT",
      ]),
    );
  });

  test.each<[object, RegExp]>([
    [{ apiKey: "" }, /"apiKey" \(LAPLAS_API_KEY\) is missing/],
    [{ apiKey: "two words" }, /"apiKey" \(LAPLAS_API_KEY\) holds characters/],
    [{ apiKey: "key\n" }, /"apiKey" \(LAPLAS_API_KEY\) holds characters/],
    [{ apiKey: "clé" }, /"apiKey" \(LAPLAS_API_KEY\) holds characters/],
    [{ apiKey: 5 }, /"apiKey" \(LAPLAS_API_KEY\) holds characters/],
    [{ baseURL: "api.apilaplas.com" }, /"baseURL" \(LAPLAS_BASE_URL\) is "api\.apilaplas\.com", but must be/],
    [{ baseURL: "ftp://x/v1" }, /"baseURL"/],
    [{ baseURL: "https://x/v1?key=secret" }, /"baseURL"/],
    [
      { baseURL: "https://user:pass@x/v1" },
      /"baseURL" \(LAPLAS_BASE_URL\) holds a user or password\. Use option "apiKey"/,
    ],
    [{ baseURL: 5 }, /"baseURL"/],
    [{ tier: "pro" }, /"tier" \(LAPLAS_TIER\) is "pro", but must be one of free, playground, paid/],
    [{ tier: {} }, /"tier" is not a valid tier document/],
    [{ ledger: "redis" }, /"ledger" \(LAPLAS_LEDGER\) is "redis"/],
    [{ ledger: "sqlite:" }, /"ledger"/],
    [{ ledger: {} }, /"ledger"/],
    [{ ledger: 5 }, /"ledger"/],
    [{ ledger: { reserve: 1, settle: 1, learn: 1 } }, /"ledger" is a store without the method "teach"/],
    [{ synchronous: "off" }, /"synchronous" is "off", but must be normal or full/],
    [{ onExcess: "clamp" }, /"onExcess"/],
    [{ reserve: "best" }, /"reserve"/],
    [{ durability: "disk" }, /"durability" is "disk", but must be process or power/],
    [{ admission: "worst" }, /"admission" is "worst", but must be expected or worst-case/],
    [{ unknownModels: "guess" }, /"unknownModels"/],
    [{ maxRetries: -1 }, /"maxRetries" is "-1", but must be a whole number, 0 or more/],
    [
      { maxRetries: 2 ** 53 },
      /"maxRetries" is "9007199254740992", but must be a whole number from 0 to 9007199254740991/,
    ],
    [{ continueAtCap: 101 }, /"continueAtCap" is "101", but must be a whole number from 0 to 100/],
    [{ continueAtCap: -1 }, /"continueAtCap" is "-1", but must be a whole number from 0 to 100/],
    [
      { environment: { LAPLAS_CONTINUE_AT_CAP: "101" } },
      /"LAPLAS_CONTINUE_AT_CAP" is "101", but must be a whole number from 0 to 100/,
    ],
    [{ maxRetries: Number.NaN }, /"maxRetries" is "NaN"/],
    [{ maxRetries: "2" }, /"maxRetries"/],
    [{ patienceMs: 1.5 }, /"patienceMs"/],
    [{ timeoutMs: Number.POSITIVE_INFINITY }, /"timeoutMs"/],
    [{ deadlineMs: 0 }, /"deadlineMs" is "0", but must be from 1 to 2147483647 milliseconds/],
    [{ models: [{ id: "" }] }, /"models"/],
    [{ models: "all" }, /"models"/],
    [{ models: [null] }, /"models"/],
    [{ fetch: "native" }, /"fetch" is "native", but must be a function/],
    [{ onEvent: {} }, /"onEvent".*must be a function/],
    [{ now: 5 }, /"now".*must be a function/],
    [{ sleep: 5 }, /"sleep".*must be a function/],
    [{ apikey: "x" }, /There is no option "apikey"\. Options are apiKey, /],
  ])("%o is refused at once", (options, text) => {
    expect(message({ apiKey: KEY, ...options })).toMatch(text);
    expect(message({ apiKey: KEY, ...options })).not.toContain("secret");
  });

  it("are read by their names of the first edition too, of which the new ones win", () => {
    const read = (options: LaplasOptions) => {
      const { durability, admission } = resolveOptions({ apiKey: KEY, ...options });
      return [durability, admission];
    };
    expect(read({ synchronous: "full", reserve: "worst" })).toEqual(["power", "worst-case"]);
    expect(read({ synchronous: "normal", reserve: "expected" })).toEqual(["process", "expected"]);
    expect(read({ durability: "power", admission: "worst-case" })).toEqual(["power", "worst-case"]);
    expect(read({ synchronous: "full", durability: "process", reserve: "worst", admission: "expected" })).toEqual([
      "process",
      "expected",
    ]);
  });

  it("by an old name are told with the new one, once each", async () => {
    const told: string[] = [];
    const onEvent: LaplasListener = (event) => void (event.type === "warning" && told.push(event.message));
    const shared = { apiKey: KEY, ledger: "memory", onEvent } as const;
    await createLaplas({ ...shared, synchronous: "normal", reserve: "worst" }).close();
    await createLaplas({ ...shared, durability: "process", admission: "worst-case" }).close();
    expect(told).toEqual([
      expect.stringMatching(/"synchronous" is called "durability" now/),
      expect.stringMatching(/"reserve" is called "admission" now/),
    ]);
  });

  it("have a tier in the words of the first edition told once, whatever it is read from", async () => {
    const told: string[] = [];
    const onEvent: LaplasListener = (event) => void (event.type === "warning" && told.push(event.message));
    const evidence = { source: "a test", date: "2026-01-01", status: "assumed" };
    const rule = { id: "own", kind: "window", metric: "apiTokens", limit: 5, period: { type: "day" }, evidence };
    const tier = { name: "old", title: "Old", rules: [rule] } as never;
    const laplas = createLaplas({ apiKey: KEY, ledger: "memory", onEvent, tier });
    expect(laplas.tier.rules).toMatchObject([{ meter: "credits", scope: "account" }]);
    await laplas.close();
    expect(told).toEqual([expect.stringMatching(/^The tier "old" is written .*write "meter": "credits"\.$/)]);
  });

  it("take the bounds themselves", () => {
    expect(resolveOptions({ apiKey: KEY, maxRetries: 0, patienceMs: 0 })).toMatchObject({
      maxRetries: 0,
      patienceMs: 0,
    });
  });

  it("are not changed", () => {
    const options = Object.freeze({ apiKey: KEY, models: Object.freeze([]) });
    resolveOptions(options);
    expect(options).toEqual({ apiKey: KEY, models: [] });
  });
});
