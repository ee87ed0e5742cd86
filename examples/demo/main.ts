/**
 * The main job: read a folder's text, embed it, answer questions about it, let an agent search and draw, and show the free
 * tier at work on the way.
 *
 *   npm start                                  the project's own documentation, on an embedded sandbox
 *   npm start -- path/to/folder                your own Markdown and text files
 *   npm start -- path/to/folder "a question"   your own question
 *
 * With LAPLAS_API_KEY set the same program runs against the real API.
 */
import { styleText } from "node:util";
import type { Document } from "@langchain/core/documents";
import { isLaplasError } from "@laplas/core";
import { createReader, showSteps } from "./agent.ts";
import { answerQuestion, buildIndex } from "./ask.ts";
import { readDocuments, titleOf } from "./documents.ts";
import { OwnMistake } from "./own-mistake.ts";
import { heading, note, progressBar, table } from "./screen.ts";
import { showTheTier } from "./tier-at-work.ts";
import { openWorld } from "./world.ts";

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
function about(documents: Document[], question: string | undefined): typeof OWN {
  if (question !== undefined) return { questions: [question], search: `Search the documents for "${question}"` };
  const requests = documents.map(titleOf).map((title) => `What do the documents say about ${title}?`);
  return { questions: requests.slice(0, 1), search: requests.at(-1) ?? "" };
}

async function main(): Promise<void> {
  const [folder, question] = process.argv.slice(2);
  const { documents, root } = await readDocuments(folder);
  const { questions, search } = folder === undefined ? OWN : about(documents, question);
  const world = await openWorld();
  try {
    heading("Reading");
    note(`${documents.length} files below ${root}`);
    note(
      world.isReal ? "against the real API, with your key" : "on the embedded sandbox: no key needed, nothing spent",
    );

    heading("Embedding");
    const bar = progressBar("pieces of text");
    const index = await buildIndex(documents, world.settings, bar.update);
    bar.end();
    if (index.left > 0)
      note(`The first ${index.pieces} pieces; ${index.left} more were left out, so that the demo stays small.`);

    heading("Asking");
    for (const text of questions) await answerQuestion(text, index, world.settings);

    heading("An agent");
    const reader = createReader(index, world.settings);
    for (const request of [search, COVER]) await showSteps(request, reader);

    heading("The tier at work");
    await showTheTier(world.settings);

    heading("The account");
    const { windows } = await world.laplas.status();
    const { calls, apiTokens, refusedHere } = world.tally();
    table([
      ["Calls answered", String(calls)],
      ["API tokens they cost", apiTokens.toLocaleString("en")],
      ...windows.map((window): [string, string] => [
        "Left today",
        `${window.left.toLocaleString("en")} of ${window.limit.toLocaleString("en")}, until ${window.resetsAt.toISOString()}`,
      ]),
      ["Stopped before they left", String(refusedHere)],
      ["Refused by the upstream", styleText("bold", String(world.refusedUpstream()))],
    ]);
  } finally {
    await world.close();
  }
}

try {
  await main();
} catch (error) {
  if (!(error instanceof OwnMistake) && !isLaplasError(error)) throw error;
  process.stderr.write(`\n${styleText("red", "✗", { stream: process.stderr })} ${error.message}\n`);
  process.exitCode = error instanceof OwnMistake ? 2 : 1;
}
