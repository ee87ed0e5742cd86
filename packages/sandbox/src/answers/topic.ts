import { isStopWord } from "../text/words.js";

const commands = new Set(
  "explain describe write compose generate look list name summarize summarise translate create suggest recommend answer define discuss compare".split(
    " ",
  ),
);
const articles = new Set(["the", "a", "an", "my", "your", "our"]);
const mostWords = 9;

/** The part of a question that says what it is about: from its first meaningful word to its last. */
export function topicOf(question: string): string {
  const words = question.match(/[\p{L}\p{N}][\p{L}\p{N}'’.-]*[\p{L}\p{N}]|[\p{L}\p{N}]/gu) ?? [];
  const carries = (word: string) => {
    const plain = word.toLowerCase().replace(/['’]\p{L}+$/u, "");
    return !isStopWord(plain) && !commands.has(plain);
  };
  let first = words.findIndex(carries);
  if (first < 0) return "";
  const last = Math.min(words.findLastIndex(carries), first + mostWords - 1);
  if (articles.has(words[first - 1]?.toLowerCase() ?? "")) first -= 1;
  return words.slice(first, last + 1).join(" ");
}
