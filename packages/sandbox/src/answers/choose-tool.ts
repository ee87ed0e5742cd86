import type { ChatRequest, ChatTool } from "../chat/chat-request.js";
import { escapePattern } from "../text/escape-pattern.js";
import { isPair, stem, stemsOf, wordsOf } from "../text/words.js";
import { humanName } from "./answer-from-tools.js";

/** Words that nearly every tool has: they say nothing about which one is meant. */
const generic = new Set(
  "get fetch find search look lookup tool function call run do make use return given current data result value input an user information provide"
    .split(" ")
    .map(stem),
);

/** Signs that name an operation without a word for it. */
const signs: readonly [RegExp, string][] = [
  [/\d\s*(?:\+|plus|and)\s*\d/i, "add plus sum"],
  [/\d\s*(?:[*×x]|times|multiplied by)\s*\d/i, "multiply times product"],
  [/\d\s*(?:[-−]|minus)\s*\d/i, "subtract minus difference"],
  [/\d\s*(?:[/÷]|divided by)\s*\d/i, "divide quotient"],
];
const arithmetic = "calculate calculator calculation arithmetic math compute evaluate";

/**
 * The tool a request should be answered with: the one it names, one where a call is required, or the one whose name
 * and description share most with what the user said. After tool results none is suggested again.
 */
export function chooseTool(request: ChatRequest, question: string): ChatTool | undefined {
  const { tools, toolChoice, turns } = request;
  if (tools.length === 0 || toolChoice.kind === "none") return undefined;
  if (toolChoice.kind === "named") return tools.find((tool) => tool.name === toolChoice.name);

  const since = turns.slice(turns.findLastIndex((turn) => turn.role === "user") + 1);
  const called = new Set(since.flatMap((turn) => turn.toolCalls).map((call) => call.name));
  const fresh = tools.filter((tool) => !called.has(tool.name));
  const ranked = fresh
    .map((tool) => ({ tool, score: likeness(tool, question) }))
    .sort((one, other) => other.score - one.score);
  const [best] = ranked;
  if (toolChoice.kind === "required") return best?.tool ?? tools[0];
  if (called.size > 0) return undefined;
  return best && best.score >= enough ? best.tool : undefined;
}

const enough = 2;
const searching = /search|retriev|look_?up|knowledge|docs|wiki|find/i;

function likeness(tool: ChatTool, question: string): number {
  const hints = signs.filter(([sign]) => sign.test(question)).map(([, words]) => `${words} ${arithmetic}`);
  const said = meaningOf(`${question} ${hints.join(" ")}`);
  let score = new RegExp(`\\b${escapePattern(tool.name)}\\b`, "i").test(question) ? 4 : 0;
  const inName = meaningOf(humanName(tool.name));
  for (const word of inName) if (said.has(word)) score += 2;
  for (const word of meaningOf(tool.description)) if (said.has(word) && !inName.has(word)) score += 1;
  // A question that matches no tool's words is what a search tool is for.
  const isQuestion = /^\s*(?:what|when|where|who|which|why|how|is|are|does|do|can)\b|[?？]\s*$/i.test(question);
  if (isQuestion && hints.length === 0 && stemsOf(question).length > 0 && searching.test(tool.name))
    score = Math.max(score, enough);
  return score;
}

function meaningOf(text: string): Set<string> {
  const stems = wordsOf(text)
    .filter((word) => word.length > 2 || isPair(word))
    .map(stem);
  return new Set(stems.filter((word) => !generic.has(word) && !shortWords.has(word)));
}

const shortWords = new Set(
  "the and for with from that this what how are you can tell please give show about which who when where does use two one"
    .split(" ")
    .map(stem),
);
