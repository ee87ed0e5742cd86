import { topicOf } from "./topic.js";

const mostWords = 20_000;
const wordsByKind = {
  essay: 900,
  story: 900,
  article: 900,
  novel: 5000,
  book: 5000,
  report: 900,
  guide: 900,
  chapter: 2500,
};

/** A long text for those who ask for one, so that the output cap shows. Undefined when nothing long is asked. */
export function longAnswer(question: string): string | undefined {
  const upTo = /\bcount\b[^.\d]{0,80}(?:from\s+(\d+)\s+)?(?:up\s+)?to\s+([\d,]+)/i.exec(question);
  if (upTo) return countUp(Number(upTo[1] ?? 1), number(upTo[2]));

  const sized = /\b([\d,]+)[\s-]+(words?|sentences?|paragraphs?|lines?|items?)\b/i.exec(question);
  const asksForText = /\b(?:write|compose|generate|give|tell|list|produce|in|least|essay|story)\b/i.test(question);
  if (sized && asksForText) return prose(topic(question), number(sized[1]) * wordsPer(sized[2] ?? ""));

  const kind =
    /\b(?:write|compose|tell|generate)\b.{0,200}?\b(essay|story|article|novel|book|report|guide|chapter)\b/i.exec(
      question,
    );
  if (kind) return prose(topic(question), wordsByKind[kind[1]?.toLowerCase() as keyof typeof wordsByKind] ?? 900);
  if (/\b(?:very|really|extremely) (?:long|detailed)\b|\bas long as (?:you can|possible)\b/i.test(question)) {
    return prose(topic(question), 1500);
  }
  return undefined;
}

function number(text: string | undefined): number {
  return Number((text ?? "0").replaceAll(",", ""));
}

function wordsPer(unit: string): number {
  if (/^sentence|^line|^item/i.test(unit)) return 14;
  return /^paragraph/i.test(unit) ? 80 : 1;
}

function topic(question: string): string {
  const about = /\b(?:about|on|of)\s+([^.?!,;\n]{3,60})/i.exec(question)?.[1];
  return (about ?? topicOf(question.replace(/\b[\d,]+[\s-]+\w+/g, "")) ?? "").trim() || "the subject";
}

function countUp(from: number, to: number): string {
  const last = Math.min(to, from + mostWords);
  return `${Array.from({ length: Math.max(last - from + 1, 0) }, (_, index) => from + index).join(", ")}.`;
}

const openings = [
  "To begin with,",
  "Seen from a distance,",
  "In practice,",
  "For a newcomer,",
  "On a second look,",
  "Over the years,",
  "In small steps,",
  "Without much noise,",
];
const bodies = [
  "{topic} rewards patience more than haste",
  "the first question about {topic} is what it is for",
  "{topic} looks simple until somebody has to explain it",
  "most of what matters about {topic} happens before anyone is watching",
  "every account of {topic} leaves something out",
  "people who work with {topic} learn to trust small signs",
  "the history of {topic} is a history of second attempts",
  "{topic} has its own rules, and they are rarely written down",
  "what is said about {topic} in a hurry is usually half right",
];
const endings = [
  "and that is where the story starts.",
  "which is easy to overlook.",
  "as anyone who has tried will confirm.",
  "and the rest follows from it.",
  "although few would put it that way.",
  "and it is worth taking the time.",
  "so the details deserve a closer look.",
];

/** Sentences about a topic, about as many words as asked. The three lists have no common length: none repeats soon. */
function prose(about: string, words: number): string {
  const wanted = Math.min(words, mostWords);
  const paragraphs: string[] = [];
  let sentences: string[] = [];
  let written = 0;
  for (let index = 0; written < wanted; index += 1) {
    const body = (bodies[(index * 2) % bodies.length] ?? "").replace("{topic}", about);
    const sentence = `${openings[index % openings.length]} ${body}, ${endings[(index * 3) % endings.length]}`;
    written += sentence.split(" ").length;
    sentences.push(sentence);
    if (sentences.length === 5 || written >= wanted) {
      paragraphs.push(sentences.join(" "));
      sentences = [];
    }
  }
  return paragraphs.join("\n\n");
}
