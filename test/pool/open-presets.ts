import type { EngineOptions, ProviderSettings } from "@laplas/core";
import { createEngine, type Engine, type LaplasEvent } from "@laplas/core";
import { cloudflare, gemini, groq, mistral, openrouter, type ProviderFactory } from "@laplas/providers";
import { createSandbox, type PresetName, type PresetOptions, type PresetSandbox } from "@laplas/sandbox";
import { onTestFinished } from "vitest";
import { type AsyncTime, createAsyncTime } from "./async-time.ts";
import { createRandom } from "./random.ts";

/** Where the documents say that the providers are. */
const ORIGINS: Readonly<Record<PresetName, string>> = {
  groq: "https://api.groq.com",
  gemini: "https://generativelanguage.googleapis.com",
  openrouter: "https://openrouter.ai",
  mistral: "https://api.mistral.ai",
  cloudflare: "https://api.cloudflare.com",
};

const FACTORIES: Readonly<Record<PresetName, ProviderFactory>> = { groq, gemini, openrouter, mistral, cloudflare };

export interface OpenPresetsOptions {
  readonly presets: readonly (PresetName | Omit<PresetOptions, "clock">)[];
  readonly start: number;
  /** Of the engine, beside the providers. */
  readonly engine?: Partial<Omit<EngineOptions, "providers">>;
  /** Of a provider, by its preset. */
  readonly settings?: Partial<Record<PresetName, Omit<ProviderSettings, "document">>>;
}

export interface OpenPresets {
  readonly time: AsyncTime;
  readonly engine: Engine;
  /** One more, with the same options, as another process would open it. */
  another(): Promise<Engine>;
  readonly fetch: typeof fetch;
  /** The stand-in for a provider. */
  sandboxOf(preset: PresetName): PresetSandbox;
  keyOf(preset: PresetName): string;
  readonly events: readonly LaplasEvent[];
}

let keys = 0;

/** An engine on stand-ins for providers, all in one virtual time: requests are on their way for some of it, and so are answers. */
export async function openPresets({
  presets,
  start,
  engine: more,
  settings,
}: OpenPresetsOptions): Promise<OpenPresets> {
  const time = createAsyncTime(start);
  const opened: [PresetName, PresetSandbox][] = [];
  for (const one of presets) {
    const options = typeof one === "string" ? { preset: one } : one;
    const sandbox = await createSandbox({ ...options, clock: { now: time.now } });
    onTestFinished(() => sandbox.close());
    opened.push([sandbox.preset, sandbox]);
  }
  const sandboxOf = (preset: PresetName): PresetSandbox => {
    const [, found] = opened.find(([name]) => name === preset) ?? [];
    if (found === undefined) throw new TypeError(`${preset} is not open`);
    return found;
  };
  const byOrigin = new Map(opened.map(([name, sandbox]) => [ORIGINS[name], sandbox]));
  const random = createRandom(7);
  const onTheWay = async (input: Parameters<typeof fetch>[0], init?: RequestInit): Promise<Response> => {
    const sandbox = byOrigin.get(new URL(input instanceof Request ? input.url : input).origin);
    if (sandbox === undefined) throw new TypeError(`nothing is to be asked of ${String(input)}`);
    const isCall = init?.method === "POST";
    const signal = init?.signal ?? undefined;
    if (isCall) await time.sleep(20 + 100 * random(), signal);
    const response = await sandbox.fetch(input, init);
    if (isCall) await time.sleep(300 + 500 * random(), signal);
    return response;
  };
  const events: LaplasEvent[] = [];
  keys += 1;
  const number = keys;
  const keyOf = (preset: PresetName): string => `${preset}-key-${number}`;
  const open = (): Engine =>
    createEngine({
      providers: opened.map(([name]) => FACTORIES[name]({ apiKey: keyOf(name), ...settings?.[name] })),
      ledger: "memory",
      now: time.now,
      sleep: time.sleep,
      fetch: onTheWay,
      environment: { CLOUDFLARE_ACCOUNT_ID: "sandbox" },
      onEvent: (event) => events.push(event),
      ...more,
    });
  const another = async (): Promise<Engine> => {
    const engine = open();
    onTestFinished(() => engine.close());
    // Ledger, names of accounts and lists of models are there before time begins: they take real turns.
    await engine.statuses();
    await engine.models();
    return engine;
  };
  const engine = await another();
  return { time, engine, another, fetch: onTheWay, sandboxOf, keyOf, events };
}
