import { sentencesOf } from "../text/sentences.js";
import { stemsOf, wordsOf } from "../text/words.js";
import type { Prompt } from "./read-prompt.js";
import { topicOf } from "./topic.js";

interface Candidate {
  text: string;
  position: number;
  stems: ReadonlySet<string>;
  score: number;
}

const mostSentences = 3;
const longestSentence = 600;

/**
 * Answers with the sentences of the given text that fit the question best, or says that the text does not tell.
 * Undefined when there is nothing to answer from.
 */
export function extractAnswer(prompt: Prompt): string | undefined {
  const told = prompt.earlier.flatMap(sentencesOf).filter((sentence) => !/[?？]$/.test(sentence));
  const given = prompt.passages.flatMap(sentencesOf);
  // A question of more words is none, and each is looked up in every sentence.
  const question = [...new Set(stemsOf(prompt.question))].slice(0, 200);
  if (/^(?:please )?(?:summari[sz]e|tl;?dr|give (?:me )?a summary)\b/i.test(prompt.question) && given.length > 0) {
    return join(mostCentral(candidatesOf(given)));
  }
  const best = bestSentences(question, candidatesOf(given), prompt.question);
  if (best.length > 0) return join(best);

  const memory = bestSentences(question, candidatesOf(told), prompt.question);
  if (memory.length > 0) return `You told me: ${join(memory)}`;
  if (!prompt.marked) return undefined;
  const topic = topicOf(prompt.question);
  return `I don't know: the context says nothing about ${topic === "" ? "this" : topic}.`;
}

function candidatesOf(sentences: readonly string[]): Candidate[] {
  return sentences
    .filter((text) => !/[?？]$/.test(text))
    .map((text, position) => ({ text, position, stems: new Set(stemsOf(text)), score: 0 }))
    .filter((candidate) => candidate.stems.size > 0);
}

/** Rare words weigh more: ln(1 + sentences / sentences with the word). */
function inverseFrequency(candidates: readonly Candidate[]): (stem: string) => number {
  const frequency = new Map<string, number>();
  for (const { stems } of candidates) for (const stem of stems) frequency.set(stem, (frequency.get(stem) ?? 0) + 1);
  return (stem) => Math.log(1 + candidates.length / (frequency.get(stem) ?? candidates.length + 1));
}

function bestSentences(question: readonly string[], all: readonly Candidate[], asked: string): Candidate[] {
  const weightOf = inverseFrequency(all);
  const bonus = bonusFor(asked);
  const scored = all.map((candidate) => {
    let score = 0;
    for (const stem of new Set(question)) score += weightOf(stem) * match(stem, candidate.stems);
    // A long sentence meets more words by chance.
    const length = 1 + 0.12 * Math.log(1 + candidate.stems.size);
    return { ...candidate, score: (score * bonus(candidate.text) * proseWeight(candidate.text)) / length };
  });
  scored.sort((one, other) => other.score - one.score || one.position - other.position);
  const [best] = scored;
  if (!best || best.score === 0) return [];

  const chosen = [best];
  const covered = new Set(question.filter((stem) => match(stem, best.stems) > 0));
  for (const candidate of scored.slice(1)) {
    if (chosen.length === mostSentences || candidate.score < best.score * 0.55) break;
    const adds = question.some((stem) => !covered.has(stem) && match(stem, candidate.stems) > 0);
    if (!adds && candidate.score < best.score * 0.85) continue;
    chosen.push(candidate);
    for (const stem of question) if (match(stem, candidate.stems) > 0) covered.add(stem);
  }
  return chosen.map((candidate) => (repeats(candidate, question) ? (nextOf(candidate, all) ?? candidate) : candidate));
}

/** A heading that the question names has only words of the question: what stands below it is the answer. */
function repeats({ stems }: Candidate, question: readonly string[]): boolean {
  return [...stems].every((stem) => question.includes(stem));
}

function nextOf({ position }: Candidate, all: readonly Candidate[]): Candidate | undefined {
  return all.find((candidate) => candidate.position > position);
}

/** Rows of tables, code and headings hold the words of a question, but are no answers to read. */
function proseWeight(sentence: string): number {
  if ((sentence.match(/\|/g)?.length ?? 0) > 1) return 0.3;
  return /[.!?:。！？：]["')\]*`」』”）]*$/.test(sentence) ? 1 : 0.7;
}

/** 1 for the same stem, less for one that only begins alike ("refund", "refundable"). */
function match(stem: string, stems: ReadonlySet<string>): number {
  if (stems.has(stem)) return 1;
  if (stem.length < 4) return 0;
  for (const other of stems) {
    if (other.length >= 4 && (other.startsWith(stem) || stem.startsWith(other))) return 0.6;
  }
  return 0;
}

/** A question for a number, a time or a person prefers a sentence that has one. */
function bonusFor(question: string): (sentence: string) => number {
  if (
    /\b(?:how (?:many|much|long|old|far|big|tall|often)|when|what (?:year|date|time|number|price))\b/i.test(question)
  ) {
    return (sentence) =>
      /\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve)\b/i.test(sentence) ? 1.25 : 1;
  }
  if (/^\s*who\b/i.test(question)) return (sentence) => (/\s\p{Lu}\p{Ll}+\s\p{Lu}/u.test(` ${sentence}`) ? 1.15 : 1);
  return () => 1;
}

/** A summary without a model: the sentences whose words return most often in the others. */
function mostCentral(candidates: readonly Candidate[]): Candidate[] {
  const frequency = new Map<string, number>();
  for (const { stems } of candidates) for (const stem of stems) frequency.set(stem, (frequency.get(stem) ?? 0) + 1);
  const scored = candidates.map((candidate) => {
    let score = 0;
    for (const stem of candidate.stems) score += (frequency.get(stem) ?? 1) - 1;
    // The first sentence of a text says what it is about.
    const central = (score + (candidate.position === 0 ? 1 : 0)) / (3 + candidate.stems.size);
    return { ...candidate, score: central * proseWeight(candidate.text) };
  });
  scored.sort((one, other) => other.score - one.score || one.position - other.position);
  return scored.slice(0, candidates.length > 6 ? 3 : 2);
}

/** The chosen sentences in the order of their text, without repeats, each with an end. */
function join(chosen: readonly Candidate[]): string {
  const ordered = [...chosen].sort((one, other) => one.position - other.position);
  const plain = ordered.map(({ text }) => ({ text: text.replaceAll("**", "") }));
  const texts = plain.map(({ text }) => (text.length > longestSentence ? `${text.slice(0, longestSentence)}…` : text));
  return [...new Map(texts.map((text) => [wordsOf(text).join(" "), text])).values()]
    .map((text) => (/[.!?…:。！？：]["')\]」』”）]*$/.test(text) ? text : `${text}.`))
    .join(" ");
}
