import { escapePattern } from "../text/escape-pattern.js";
/** The values a text offers for arguments and fields, each handed out once, in the order of the text. */
export interface TextValues {
  readonly text: string;
  number(): number | undefined;
  quoted(): string | undefined;
  name(): string | undefined;
  /** What stands after a preposition: "weather in paris today" gives "paris". */
  placed(): string | undefined;
  /** What stands after the label of a field: "title: Dune", "city is Oslo", "aged 36". */
  labelled(label: string): string | undefined;
  allNumbers(): number[];
  allNames(): string[];
}

const numberPattern = /(?<![\p{L}\p{N}.])-?\d{1,3}(?:,\d{3})+(?:\.\d+)?|(?<![\p{L}\p{N}.])-?\d+(?:\.\d+)?/gu;
const quotedPattern = /["“]([^"”]+)["”]|(?<![\p{L}])['‘]([^'’]+)['’](?![\p{L}])/gu;
const placedPattern =
  /\b(?:in|for|of|to|at|about|from|near|named|called)\s+(?:the\s+|an?\s+)?(\p{Lu}[\p{L}\p{N}'’-]*(?:\s+\p{Lu}[\p{L}\p{N}'’-]*)*|\p{L}[\p{L}\p{N}'’-]*)/gu;
const notPlaces = /^(?:me|you|us|it|this|that|today|tomorrow|now|order|one|my|your|all|return)$/i;
const namePattern = /\p{Lu}[\p{L}\p{N}'’-]*(?:\s+(?:(?:of|de|van|von|the)\s+)?\p{Lu}[\p{L}\p{N}'’-]*)*/gu;
/** Words that begin a sentence far more often than a name. */
const openers =
  /^(?:What|When|Where|Who|Which|Why|How|Is|Are|Was|Were|Can|Could|Will|Would|Do|Does|Did|Please|The|A|An|In|On|At|It|He|She|They|We|I|I'm|You|My|Your|This|That|There|Tell|Give|Find|Get|Show|Search|Call|Use|Extract|Write|Calculate|Compute|Add|Multiply|Book|Send|Create|Return|Look|And|If|For|Hi|Hello|Thanks)\b\s*/;

export function createTextValues(text: string): TextValues {
  const numbers = [...text.matchAll(numberPattern)].map((match) => Number(match[0].replaceAll(",", "")));
  const quotes = [...text.matchAll(quotedPattern)].map((match) => match[1] ?? match[2] ?? "");
  let names = [...new Set(namesOf(text))];
  const places = [...text.matchAll(placedPattern)]
    .map((match) => match[1] ?? "")
    .filter((word) => !notPlaces.test(word));
  const all = { numbers: [...numbers], names: [...names] };
  return {
    text,
    number: () => numbers.shift(),
    quoted: () => quotes.shift(),
    name: () => names.shift(),
    placed() {
      const place = places.shift();
      names = names.filter((name) => name !== place);
      return place;
    },
    labelled(label) {
      const words = escapePattern(label).replace(/\s+/g, "[\\s_-]*");
      const pattern = new RegExp(`\\b${words}\\b\\s*(?:is|are|was|=|:|named|called)\\s*["“']?([^,;.\\n"”]+)`, "iu");
      return pattern.exec(text)?.[1]?.trim() || undefined;
    },
    allNumbers: () => all.numbers,
    allNames: () => all.names,
  };
}

function namesOf(text: string): string[] {
  const found: string[] = [];
  for (const match of text.matchAll(namePattern)) {
    let name = match[0].replace(/['’]s$/u, "");
    while (openers.test(name)) name = name.replace(openers, "");
    if (/^\p{Lu}/u.test(name) && name.length > 1) found.push(name);
  }
  return found;
}
