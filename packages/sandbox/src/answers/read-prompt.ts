import type { ChatTurn } from "../chat/chat-request.js";
import { sentencesOf } from "../text/sentences.js";
import { contextWord } from "./context-word.js";
import { takeTagged } from "./take-tagged.js";

/** A conversation, taken apart into what is asked and what is given to answer from. */
export interface Prompt {
  question: string;
  /** Texts to answer from. */
  passages: string[];
  /** Whether the passages were marked as context: then an answer outside of them is "I don't know". */
  marked: boolean;
  /** What the user said earlier in the conversation. */
  earlier: string[];
  /** Contents of the tool messages since the last user message. */
  toolResults: string[];
}

const fenced = /"""\n?([\s\S]*?)"""/g;
const answerLabel = "(?:helpful |final |your )?(?:answer|response)|instructions?";
const questionLabel = "(?:user |the |my )?(?:question|query)|q|user|human";
/** "Context:", "Use the following context to answer:" and the like, up to the next label. */
const labelled = new RegExp(
  `(?:^|\\n)(?:[^\\n:]{0,160}\\b)?(?:${contextWord})\\b[^\\n:]{0,80}:[ \\t]*\\n*([\\s\\S]+?)(?=\\n\\s{0,40}(?:${questionLabel}|${answerLabel})\\s*:|$)`,
  "i",
);
const asked = new RegExp(
  `(?:^|\\n)\\s{0,40}(?:${questionLabel})\\s{0,40}:\\s*([\\s\\S]+?)(?=\\n\\s{0,40}(?:${answerLabel}|${contextWord})\\s*:|$)`,
  "i",
);
const emptyLabel = new RegExp(`^\\s*(?:${questionLabel}|${answerLabel}|${contextWord})\\s*:?\\s*$`, "i");
const instruction =
  /^(?:you(?:'re| are| will| must| should)\b|answer\b|use\b|using\b|if (?:you|the (?:answer|context|question)|it)\b|please\b|do not\b|don't\b|never\b|always\b|be (?:\w+ and )?(?:concise|brief|helpful|polite|kind|honest|short)\b|keep\b|respond\b|reply\b|think\b|based (?:only )?on\b|given\b|the following\b|here (?:is|are)\b|below\b|begin\b|your (?:task|job|goal|role|name)\b|act as\b|as an? |summari[sz]e\b|cite\b|only (?:use|answer)\b|say\b|write\b|return\b|call\b)/i;

/** Finds question and context in the prompts that RAG chains, agents and people write. */
export function readPrompt(turns: readonly ChatTurn[]): Prompt {
  const lastUser = turns.findLastIndex((turn) => turn.role === "user");
  const userText = turns[lastUser]?.text ?? turns.at(-1)?.text ?? "";
  const systemTexts = turns
    .filter((turn) => turn.role === "system" || turn.role === "developer")
    .map((turn) => turn.text);
  const toolResults = turns
    .slice(lastUser + 1)
    .filter((turn) => turn.role === "tool")
    .map((turn) => turn.text);
  const earlier = turns
    .slice(0, Math.max(lastUser, 0))
    .filter((turn) => turn.role === "user")
    .map((turn) => turn.text);

  const fromUser = takeContext(userText);
  const fromSystem = systemTexts.map(takeContext);
  const marked = [...fromSystem.flatMap((taken) => taken.context), ...fromUser.context];
  const question = findQuestion(userText, fromUser.rest);
  const unmarked = [...fromSystem.map((taken) => taken.rest), fromUser.rest.replace(question, "\n")]
    .flatMap(sentencesOf)
    .filter((sentence) => !instruction.test(sentence) && !emptyLabel.test(sentence));
  return {
    question,
    passages: marked.length > 0 ? marked : unmarked,
    marked: marked.length > 0,
    earlier,
    toolResults,
  };
}

/** Takes the marked context out of a text: by tags, by fences, by labels. */
function takeContext(text: string): { context: string[]; rest: string } {
  const tagged = takeTagged(text);
  if (tagged.context.length > 0) return tagged;
  const quoted = [...text.matchAll(fenced)].map((match) => (match[1] ?? "").trim()).filter(Boolean);
  if (quoted.length > 0) return { context: quoted, rest: text.replace(fenced, "\n") };
  const match = labelled.exec(text);
  const context = match?.[1]?.trim();
  return match && context ? { context: [context], rest: text.replace(match[0], "\n") } : { context: [], rest: text };
}

/** The labelled question, else the last sentence with a question mark, else the last or only paragraph. */
function findQuestion(whole: string, rest: string): string {
  const labelledQuestion = asked.exec(whole)?.[1]?.trim();
  if (labelledQuestion) return labelledQuestion;
  const sentences = sentencesOf(rest).filter((sentence) => !emptyLabel.test(sentence));
  const interrogative = sentences.findLast((sentence) => /[?？]["')\]」』”）]*$/.test(sentence));
  if (interrogative) return interrogative;
  const paragraphs = rest.split(/\n\s*\n/).map((paragraph) => paragraph.trim());
  const meant = paragraphs.filter((paragraph) => paragraph !== "" && !emptyLabel.test(paragraph));
  // "Summarize this:" comes before its text, a question after it.
  const command = meant.find((paragraph) =>
    /^(?:summari[sz]e|translate|rewrite|list|extract|explain)\b/i.test(paragraph),
  );
  const chosen = command ?? meant.at(-1) ?? whole.trim();
  return command && chosen.length > 200 ? (chosen.split(/[:\n]/)[0] ?? chosen) : chosen;
}
