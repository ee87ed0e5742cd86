import stringWidth from "string-width";

/** Text that is written as it comes, in lines of a width. */
export interface Wrapped {
  write(text: string): void;
  end(): void;
}

/** What may not begin a line in Chinese and Japanese. */
const CLOSING = /^[\p{Pe}\p{Pf}\p{Po}ー]$/u;

/**
 * Breaks text between words, and Chinese and Japanese, which have no blanks, between characters. A word that is longer than a
 * line stays whole, so that a path can be copied.
 */
export function wrap(print: (text: string) => void, columns: number, first: string, indent = first): Wrapped {
  const room = columns - stringWidth(indent);
  let lead = first;
  let column = 0;
  let word = "";
  let hasGap = false;
  const flush = (): void => {
    if (word === "") return;
    const width = stringWidth(word);
    const gap = hasGap && column > 0 ? 1 : 0;
    if (column > 0 && column + gap + width > room) {
      lead = `\n${indent}`;
      column = 0;
    }
    print(`${column === 0 ? lead : " ".repeat(gap)}${word}`);
    column += column === 0 ? width : gap + width;
    lead = "";
    word = "";
    hasGap = false;
  };
  return {
    write(text) {
      for (const character of text) {
        if (/\s/.test(character)) {
          flush();
          hasGap = true;
        } else {
          if (isWide(character) ? !CLOSING.test(character) : endsWide(word)) flush();
          word += character;
        }
      }
    },
    end() {
      flush();
      print("\n");
    },
  };
}

/** Most text is not, and needs no table. */
function isWide(character: string): boolean {
  return character >= "\u1100" && stringWidth(character) === 2;
}

function endsWide(word: string): boolean {
  const last = [...word.slice(-2)].at(-1);
  return last !== undefined && isWide(last);
}
