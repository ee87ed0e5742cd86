/**
 * The shortest text that a regular expression takes: what JSON schemas write (`^[A-Z]{2}-\d+$`), not look-around or back
 * references. Undefined where it is not understood.
 */
export function textOfPattern(pattern: string): string | undefined {
  let rest = pattern;

  function alternatives(): string {
    const first = sequence();
    while (rest.startsWith("|")) {
      rest = rest.slice(1);
      sequence();
    }
    return first;
  }

  function sequence(): string {
    let text = "";
    while (rest !== "" && !/^[|)]/.test(rest)) {
      const piece = atom();
      text += piece.repeat(times());
    }
    return text;
  }

  function atom(): string {
    const [token = ""] = /^(?:\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\((?:\?:)?|.)/su.exec(rest) ?? [];
    rest = rest.slice(token.length);
    if (token === "^" || token === "$" || token === "\\b") return "";
    if (!token.startsWith("(")) return memberOf(token);
    const inner = alternatives();
    rest = rest.replace(/^\)/, "");
    return inner;
  }

  /** The fewest repetitions that stand after a piece. */
  function times(): number {
    const [token = "", least] = /^(?:[?*+]|\{(\d+)(?:,\d*)?\})\??/.exec(rest) ?? [];
    rest = rest.slice(token.length);
    if (least !== undefined) return Math.min(Number(least), mostRepetitions);
    return /^[?*]/.test(token) ? 0 : 1;
  }

  const text = alternatives();
  return matches(text, pattern) ? text : undefined;
}

const mostRepetitions = 1000;
const members = "a0A -_.:/@+#é\n";

/** A character that a class, an escape or a plain character takes. */
function memberOf(token: string): string {
  if (token.length === 1 && token !== ".") return token;
  const printable = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index));
  return [...members, ...printable].find((character) => matches(character, `^${token}$`)) ?? "";
}

/** Whether a text fits; an expression that JavaScript can't read fits nothing. */
export function matches(text: string, pattern: string): boolean {
  try {
    return new RegExp(pattern, "u").test(text);
  } catch {
    return false;
  }
}
