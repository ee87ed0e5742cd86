/**
 * The main job: read a folder's text, embed it, answer questions about it, and show the free tier at work on the way.
 *
 *   npm start                                  the project's own documentation, on an embedded sandbox
 *   npm start -- path/to/folder                your own Markdown and text files
 *   npm start -- path/to/folder "a question"   your own question
 *
 * With LAPLAS_API_KEY set the same program runs against the real API.
 */
import { styleText } from "node:util";
import { isLaplasError } from "@laplas/core";
import { answerQuestion, buildIndex } from "./ask.ts";
import { readDocuments } from "./documents.ts";
import { OwnMistake } from "./own-mistake.ts";
import { heading, note, progressBar, table } from "./screen.ts";
import { showTheTier } from "./tier-at-work.ts";
import { openWorld } from "./world.ts";

const OWN_QUESTIONS = [
  "What happens when a request asks for more than 512 output tokens?",
  "How long does a call wait when another one runs?",
  "Where is the account kept between runs?",
];

async function main(): Promise<void> {
  const [folder, question] = process.argv.slice(2);
  const { documents, root } = await readDocuments(folder);
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
    const questions =
      question === undefined ? (folder === undefined ? OWN_QUESTIONS : ["What is this about?"]) : [question];
    for (const text of questions) await answerQuestion(text, index, world.settings);

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
