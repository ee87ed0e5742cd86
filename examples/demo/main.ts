/** The main job: see `npm start -- --help`. */
import { styleText } from "node:util";
import type { Document } from "@langchain/core/documents";
import { isLaplasError } from "@laplas/core";
import { realKey } from "../upstream.ts";
import { showAccount } from "./account.ts";
import { createReader, showSteps } from "./agent.ts";
import { answerQuestion, buildIndex } from "./ask.ts";
import { showBeginning, showPieces, showReading } from "./beginning.ts";
import { readDocuments, titleOf } from "./documents.ts";
import { atEnd, endFromOutside, isEnding } from "./ending.ts";
import { QuotaError, UsageError } from "./errors.ts";
import { plannedCalls } from "./job.ts";
import { splitIntoPieces } from "./pieces.ts";
import { heading, print } from "./screen.ts";
import { showTheTier } from "./tier-at-work.ts";
import { HELP, readUsage, type Usage } from "./usage.ts";
import { openWorld, type World } from "./world.ts";

/** What is asked about the project's own documentation. */
const OWN = {
  questions: [
    "What happens when a request asks for more than 512 output tokens?",
    "How long does a call wait for its turn in the queue?",
    "Where is the account kept between runs?",
  ],
  search: "What becomes of a tool call that was cut at the output limit?",
};
const COVER = "Draw a cover picture: a lighthouse above the sea, two sailboats and a red sunset.";

/** What is asked about the user's documents: their own question, else what the first and the last are about. */
function about(documents: readonly Document[], question: string | undefined): typeof OWN {
  if (question !== undefined) return { questions: [question], search: `Search the documents for "${question}"` };
  const requests = documents.map(titleOf).map((title) => `What is "${title}" about?`);
  return { questions: requests.slice(0, 1), search: requests.at(-1) ?? "" };
}

async function run({ folder, question }: Usage): Promise<void> {
  const isReal = realKey() !== undefined;
  showBeginning(isReal);
  heading("Reading");
  const { documents, ...reading } = await readDocuments(folder);
  showReading(documents.length, reading);
  const asked = folder === undefined ? OWN : about(documents, question);
  const pieces = await splitIntoPieces(documents, isReal);
  const world = await openWorld(plannedCalls(pieces.taken, asked.questions.length), isReal);
  atEnd(world.close);
  try {
    await showPieces(pieces, world);
    await show(asked, pieces.taken, world);
  } finally {
    await world.close();
  }
}

async function show({ questions, search }: typeof OWN, taken: readonly Document[], world: World): Promise<void> {
  const index = await buildIndex(taken, world.laplas);

  heading("Asking");
  for (const text of questions) await answerQuestion(text, index, world.laplas);

  heading("An agent");
  const reader = createReader(index, world.laplas);
  for (const request of [search, COVER]) await showSteps(request, reader);

  heading("The tier at work");
  await showTheTier(world.laplas);

  heading("The account");
  await showAccount(world);
}

endFromOutside();
try {
  const usage = readUsage(process.argv.slice(2));
  if (usage.wantsHelp) print(HELP);
  else await run(usage);
} catch (error) {
  if (!isEnding()) process.exitCode = report(error);
}

/** In one line what is no fault of the program. @returns the exit code */
function report(error: unknown): number {
  const isExpected = error instanceof UsageError || error instanceof QuotaError || isLaplasError(error);
  // Such as a disk that is full.
  if (!isExpected && !(error instanceof Error && "syscall" in error)) throw error;
  process.stderr.write(`\n${styleText("red", "✗", { stream: process.stderr })} ${error.message}\n`);
  return error instanceof UsageError ? 2 : 1;
}
