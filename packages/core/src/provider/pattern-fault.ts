/** Patterns of signals look at this much of an answer's text, and no further. */
export const SIGNAL_TEXT_CHARACTERS = 2_000;

const LONGEST_PATTERN = 1_000;
const MOST_REPETITIONS = 100;
/**
 * Characters that may be compared from one place of a text on, at worst. A step takes about 3 ns, so on the longest text a pattern is done
 * within 0.3 s.
 */
const MOST_WORK = 30_000;

/**
 * Why a signal's pattern can't be taken, as the end of a sentence; `undefined` for one that can. Documents come from anywhere and a regular
 * expression can't be interrupted, so a pattern that could be tried too long is refused. A conservative check: it also refuses some that
 * would do no harm, and each of those has a plainer form.
 */
export function patternFault(pattern: string): string | undefined {
  if (pattern.length > LONGEST_PATTERN) return `has more than ${LONGEST_PATTERN} characters`;
  try {
    new RegExp(pattern, "iu");
  } catch (error) {
    return `is not a regular expression: ${(error as Error).message.replace(/^.*\/iu: /s, "")}`;
  }
  try {
    const cursor: Cursor = { pattern, at: 0, unbounded: 0 };
    const { work } = readAlternatives(cursor);
    if (work <= MOST_WORK) return undefined;
    const remedy =
      cursor.unbounded > 0
        ? `bound its "*" or "+" by what it can be, as in \\w{1,40}`
        : "use fewer and shorter repetitions";
    return `can be tried in too many ways: ${remedy}`;
  } catch (error) {
    if (error instanceof PatternFault) return error.message;
    throw error;
  }
}

/** Whether a pattern has a group whose text can be read. */
export function hasGroup(pattern: string): boolean {
  return (new RegExp(`${pattern}|`, "iu").exec("")?.length ?? 0) > 1;
}

class PatternFault extends Error {}

interface Cursor {
  readonly pattern: string;
  at: number;
  unbounded: number;
}

/**
 * A part of a pattern: in how many ways it can match at one place, how many characters are compared for all of them, and whether it leaves a
 * choice between several. Whatever follows is compared again for each way.
 */
interface Part {
  readonly ways: number;
  readonly work: number;
  readonly hasChoice: boolean;
}

/** Up to the end of the pattern or of the group. What is no valid syntax was refused before. */
function readAlternatives(cursor: Cursor): Part {
  let hasChoice = false;
  let sum = 0;
  let work = 0;
  let ways = 1;
  while (cursor.at < cursor.pattern.length && cursor.pattern[cursor.at] !== ")") {
    if (cursor.pattern[cursor.at] === "|") {
      cursor.at += 1;
      hasChoice = true;
      sum += ways;
      ways = 1;
      continue;
    }
    const part = readRepeated(cursor);
    work += ways * part.work;
    ways *= part.ways;
    hasChoice ||= part.hasChoice;
  }
  // A part that is empty is tried all the same.
  return { ways: sum + ways, work: Math.max(1, work), hasChoice };
}

const QUANTIFIER = /[*+?]|\{(\d+)(,(\d*))?\}/y;

function readRepeated(cursor: Cursor): Part {
  const atom = readAtom(cursor);
  QUANTIFIER.lastIndex = cursor.at;
  const found = QUANTIFIER.exec(cursor.pattern);
  if (found === null) return atom;
  cursor.at += found[0].length;
  if (cursor.pattern[cursor.at] === "?") cursor.at += 1;
  const [mark, least = "0", range, most = ""] = found;
  // One that may be missing is not repeated.
  if (mark === "?") return { ...atom, ways: atom.ways + 1, hasChoice: true };
  if (atom.hasChoice)
    throw new PatternFault("can backtrack: it repeats a group that holds a repetition or alternatives");
  if (mark === "*" || mark === "+" || (range !== undefined && most === "")) {
    cursor.unbounded += 1;
    if (cursor.unbounded > 1) {
      throw new PatternFault(
        `can backtrack: it has more than one repetition without a bound. Use bounds up to ${MOST_REPETITIONS}, as in \\d{1,9}`,
      );
    }
    return { ways: SIGNAL_TEXT_CHARACTERS, work: SIGNAL_TEXT_CHARACTERS * atom.work, hasChoice: true };
  }
  const end = range === undefined ? Number(least) : Number(most);
  if (end > MOST_REPETITIONS) throw new PatternFault(`repeats something more than ${MOST_REPETITIONS} times`);
  return { ways: end - Number(least) + 1, work: end * atom.work, hasChoice: end !== Number(least) };
}

const SET = /\[(?:\\.|[^\]\\])*\]/suy;

function readAtom(cursor: Cursor): Part {
  const { pattern, at } = cursor;
  const one: Part = { ways: 1, work: 1, hasChoice: false };
  switch (pattern[at]) {
    case "(":
      return readGroup(cursor);
    case "[":
      SET.lastIndex = at;
      cursor.at += SET.exec(pattern)?.[0].length ?? 1;
      return { ...one, work: stepOf(pattern.slice(at, cursor.at)) };
    case "\\":
      if (/[1-9k]/.test(pattern[at + 1] ?? "")) throw new PatternFault("refers back to a group, which can backtrack");
      // The braces of \u{...} and \p{...} are no quantifiers.
      cursor.at += /^\\[upP]\{[^}]*\}/.exec(pattern.slice(at))?.[0].length ?? 2;
      return { ...one, work: stepOf(pattern.slice(at, cursor.at)) };
    default:
      cursor.at += 1;
      return one;
  }
}

/** What one comparison with a set takes, beside that with a character: properties of Unicode are large tables. */
function stepOf(set: string): number {
  if (/\\[pP]\{/.test(set)) return 8;
  return /^\[\^|\\[WDS]/.test(set) ? 3 : 1;
}

function readGroup(cursor: Cursor): Part {
  const rest = cursor.pattern.slice(cursor.at);
  const [opening] = /^\((?:\?:|\?<[^=!>][^>]*>|(?!\?))/.exec(rest) ?? [];
  if (opening === undefined) throw new PatternFault("looks around or sets flags, which a signal's pattern may not");
  cursor.at += opening.length;
  const inner = readAlternatives(cursor);
  cursor.at += 1;
  return inner;
}
