import { topicOf } from "./topic.js";

/** An answer without any context: an echo, a small sum, or a sentence on the topic. */
export function plainAnswer(question: string): string {
  return echo(question) ?? sum(question) ?? onTopic(question);
}

/** Greetings and thanks, which no context changes. */
export function greeting(question: string): string | undefined {
  if (/^\W*(?:hello|hi|hey|good (?:morning|day|evening))\b[^?]{0,20}$/i.test(question)) {
    return "Hello there! How can I help you today?";
  }
  return /^\W*(?:thanks|thank you)\b/i.test(question) ? "You're welcome! Is there anything else?" : undefined;
}

/** "Reply with the word pong", "Say hi", "Repeat: x". */
function echo(question: string): string | undefined {
  const wanted =
    /^\W*(?:please\s+)?(?:say|repeat|echo|(?:reply|respond|answer)\s+(?:only\s+)?with)\b\s*(?:only|just|exactly)?\s*(?:the\s+)?(?:(?:single|one|exact)\s+)*(?:words?|text|phrase|sentence)?\s*:?\s*(.+)$/is.exec(
      question,
    )?.[1];
  const text = wanted
    ?.replace(/\s+in (?:one|a|two|three)\b.*$/is, "")
    .trim()
    .replace(/^["“'](.*)["”']\.?$/s, "$1");
  return text === undefined || text === "" || text.endsWith("?") ? undefined : text;
}

const operations: Record<string, (left: number, right: number) => number> = {
  "+": (left, right) => left + right,
  plus: (left, right) => left + right,
  "-": (left, right) => left - right,
  minus: (left, right) => left - right,
  "*": (left, right) => left * right,
  "×": (left, right) => left * right,
  x: (left, right) => left * right,
  times: (left, right) => left * right,
  "/": (left, right) => left / right,
};

function sum(question: string): string | undefined {
  // One operation only: with a second one the order would matter.
  const match =
    /(?<![-+*×/.\d]\s*)(-?\d+(?:\.\d+)?)\s*(\+|-|\*|×|x|\/|plus|minus|times)\s*(-?\d+(?:\.\d+)?)(?!\s*[-+*×/x.\d])/i.exec(
      question,
    );
  const operation = operations[match?.[2]?.toLowerCase() ?? ""];
  if (!match || !operation) return undefined;
  const result = operation(Number(match[1]), Number(match[3]));
  return Number.isFinite(result) ? `${match[1]} ${match[2]} ${match[3]} is ${Number(result.toFixed(6))}.` : undefined;
}

function onTopic(question: string): string {
  const topic = topicOf(question);
  if (topic === "")
    return "I am the laplas sandbox. Ask me something about a text, and give me the text to answer from.";
  return `You asked about ${toYou(topic)}. I am the laplas sandbox and know only what a prompt tells me: give me a text about it, and I answer from there.`;
}

/** The asker's "my" is the answer's "your". */
function toYou(topic: string): string {
  return topic.replace(/\bmy\b/gi, "your");
}
