import { createLaplas, type Laplas } from "@laplas/core";
import { roomyTier } from "../open-roomy.ts";
import { answerParent } from "./child.ts";
import { type LoadSettings, measureLoad } from "./measure-load.ts";
import { ANSWER_TEXT, STREAM_WORD, WORDS_PER_STREAM } from "./upstream-answers.ts";

/** One measurement of an engine that continues answers, or not. */
export interface LongQuestion extends LoadSettings {
  readonly baseURL: string;
  readonly kind: "whole" | "stream";
  /** Absent: as where nobody has heard of it. */
  readonly continueAtCap: number | undefined;
}

/** Without a limit of the caller's own: the tier's is what would cut the answer. */
const body = {
  model: "gpt-4o-mini",
  messages: [{ role: "user" as const, content: "Why is the sky blue? ".repeat(20) }],
};
let engine: Laplas | undefined;

answerParent(async ({ baseURL, kind, continueAtCap, ...load }: LongQuestion) => {
  engine ??= createLaplas({ baseURL, apiKey: "bench", ledger: "memory", tier: roomyTier, continueAtCap });
  const laplas = engine;
  return measureLoad(async () => {
    const got = kind === "whole" ? await charactersOf(laplas) : await streamedCharactersOf(laplas);
    const expected = kind === "whole" ? ANSWER_TEXT.length : STREAM_WORD.length * WORDS_PER_STREAM;
    if (got !== expected) throw new Error(`An answer of ${got} characters: something is missing.`);
  }, load);
});

async function charactersOf(laplas: Laplas): Promise<number> {
  return (await laplas.chat(body)).choices[0]?.message.content?.length ?? 0;
}

async function streamedCharactersOf(laplas: Laplas): Promise<number> {
  let characters = 0;
  for await (const { choices } of laplas.chatStream({ ...body, stream: true })) {
    characters += choices[0]?.delta?.content?.length ?? 0;
  }
  return characters;
}
