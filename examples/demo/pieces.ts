import { setImmediate } from "node:timers/promises";
import { Document } from "@langchain/core/documents";
import { RecursiveCharacterTextSplitter } from "@langchain/textsplitters";
import { choosePieces } from "./choose-pieces.ts";

/** All of a library is more than a demo needs: the vectors of so many pieces fill half a gigabyte. */
const MOST_ON_SANDBOX = 20_000;
/** Enough for a project's documentation, and a few hundredths of a free day. */
const MOST_WITH_KEY = 700;

/** What of the texts is embedded. */
export interface Pieces {
  readonly taken: readonly Document[];
  /** How many there are, those included that are not taken. */
  readonly total: number;
}

const splitter = new RecursiveCharacterTextSplitter({
  chunkSize: 450,
  chunkOverlap: 60,
  // A paragraph of Chinese or Japanese has no blank at which it could be split.
  separators: RecursiveCharacterTextSplitter.getSeparatorsForLanguage("markdown").toSpliced(-2, 0, "。", "！", "？"),
});

/** Splits documents into pieces, and chooses among them, evenly over files, where there are many. */
export async function splitIntoPieces(documents: readonly Document[], isReal: boolean): Promise<Pieces> {
  const files: Document[][] = [];
  for (const { pageContent, metadata } of documents) {
    const texts = await splitter.splitText(pageContent);
    // The splitter leaves a mark at the beginning of the sentence after it.
    const pieces = texts.map((text) => text.replace(/^[。！？\s]+/, "")).filter((text) => text !== "");
    files.push(joinHeadings(pieces).map((text) => new Document({ pageContent: text, metadata })));
    // Without a pause, Ctrl-C would not be heard before the last document.
    await setImmediate();
  }
  const total = files.reduce((sum, { length }) => sum + length, 0);
  return { taken: choosePieces(files, isReal ? MOST_WITH_KEY : MOST_ON_SANDBOX), total };
}

/** A heading above a long paragraph comes as a piece of its own, which nothing can be answered from: it goes with what it is about. */
function joinHeadings(pieces: readonly string[]): string[] {
  const joined: string[] = [];
  let above: string[] = [];
  for (const text of pieces) {
    above.push(text);
    if (isHeading(text)) continue;
    joined.push(above.join("\n\n"));
    above = [];
  }
  return above.length === 0 ? joined : [...joined, above.join("\n\n")];
}

function isHeading(text: string): boolean {
  return /^#{1,6} [^\n]+$/.test(text);
}
