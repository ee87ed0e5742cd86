import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import type { LoggedRequest, PresetName } from "@laplas/sandbox";
import { generateText, isStepCount, type ModelMessage, tool } from "ai";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { type OpenPresets, openPresets } from "./open-presets.ts";
import { NOON } from "./run-alone.ts";

const TURNS = 20;
const CITIES = ["Lisbon", "Oslo", "Quito", "Hanoi"];

const weather = tool({
  description: "Current weather of a city",
  inputSchema: z.object({ city: z.string() }),
  execute: async ({ city }) => `It is 18 degrees and sunny in ${city}.`,
});

interface Sent {
  readonly at: number;
  readonly preset: PresetName;
  readonly request: LoggedRequest;
}

/** What came in anywhere, in order. */
function sent({ sandboxOf }: OpenPresets, presets: readonly PresetName[]): Sent[] {
  return presets
    .flatMap((preset) =>
      sandboxOf(preset)
        .requests.filter(({ method }) => method === "POST")
        .map((request) => ({ at: request.at, preset, request })),
    )
    .sort((one, other) => one.at - other.at);
}

/** An agent of twenty turns, in each of which it calls a tool, in one conversation. @returns what was sent in each turn */
async function runAgent(opened: OpenPresets, presets: readonly PresetName[], pauseMs = 0): Promise<Sent[][]> {
  const { engine, time } = opened;
  const models = createOpenAICompatible({ name: "laplas", baseURL: "http://laplas.local/v1", fetch: engine.fetch });
  const messages: ModelMessage[] = [];
  const turns: Sent[][] = [];
  await time.run([
    async () => {
      for (let turn = 0; turn < TURNS; turn += 1) {
        const before = sent(opened, presets).length;
        const city = CITIES[turn % CITIES.length] ?? "";
        messages.push({ role: "user", content: `What is the weather in ${city}?` });
        const { text, response } = await generateText({
          model: models("auto:tools"),
          messages,
          tools: { weather },
          stopWhen: isStepCount(3),
          maxRetries: 0,
        });
        expect(text).toContain(`18 degrees and sunny in ${city}`);
        messages.push(...response.messages);
        turns.push(sent(opened, presets).slice(before));
        await time.sleep(pauseMs);
      }
    },
  ]);
  return turns;
}

async function useElsewhere(opened: OpenPresets, times: number): Promise<void> {
  const sandbox = opened.sandboxOf("openrouter");
  const body = JSON.stringify({ model: "openai/gpt-oss-20b:free", messages: [{ role: "user", content: "Hello" }] });
  for (let call = 0; call < times; call += 1) {
    await sandbox.fetch(`${sandbox.baseURL}/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${opened.keyOf("openrouter")}`, "content-type": "application/json" },
      body,
    });
    if (call % 10 === 9 || call === times - 1) await opened.time.run([() => opened.time.sleep(60_000)]);
  }
}

const presetsOf = (turn: readonly Sent[]): PresetName[] => [...new Set(turn.map(({ preset }) => preset))];

describe.each([
  ["openrouter", "groq"],
  ["openrouter", "mistral"],
  ["openrouter", "gemini"],
] as const)(
  "at %s and %s, an agent of twenty turns at auto:tools, of whose two providers the first is used up in the middle",
  (...presets) => {
    // What is left of OpenRouter's day ends between two turns, or within one, where only the result of a tool is still to be answered.
    it.each([30, 29])("goes on at the other, with %i of OpenRouter's 50 used elsewhere", async (elsewhere) => {
      const opened = await openPresets({ presets, start: NOON });
      await useElsewhere(opened, elsewhere);
      // Slow enough for every minute: it is the day that ends.
      const turns = await runAgent(opened, presets, 10_000);
      const all = turns.flat();
      // The history of either is taken by the other, and what OpenRouter reports of its day is known before it refuses.
      expect(all.filter(({ request }) => request.outcome !== "answered")).toEqual([]);
      expect(new Set(all.map(({ preset }) => preset))).toEqual(new Set<PresetName>(presets));
      expect(all.filter(({ request }) => request.outcome === "answered")).toHaveLength(2 * TURNS);
      // Within a turn it stays, but where the day has ended.
      const switched = turns.filter(
        (turn) => presetsOf(turn.filter(({ request }) => request.outcome === "answered")).length > 1,
      );
      expect(switched).toHaveLength(elsewhere % 2);
    });

    it("waits within a turn where the minute alone is full", async () => {
      const opened = await openPresets({ presets, start: NOON });
      // One call that is no turn's: the minute's twenty end within a turn.
      await opened.time.run([
        async () => {
          await opened.engine.chat({
            model: "openrouter/openai/gpt-oss-20b:free",
            messages: [{ role: "user", content: "Hello" }],
          });
        },
      ]);
      const turns = await runAgent(opened, presets);
      for (const turn of turns) expect(presetsOf(turn)).toHaveLength(1);
      expect(turns.flat().every(({ request }) => request.outcome === "answered")).toBe(true);
      expect(new Set(turns.flat().map(({ preset }) => preset))).toEqual(new Set<PresetName>(presets));
    });
  },
);
