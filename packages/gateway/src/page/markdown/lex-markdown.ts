import { Lexer, type MarkedToken, type Token, Tokenizer, type Tokens } from "marked";

/** A part of an answer: what Markdown makes of it, or a text that is shown as it stands. */
export type BlockToken = MarkedToken | { readonly type: "plain"; readonly raw: string };

/** Names that links refer to. */
export type LinkNames = Lexer["tokens"]["links"];

/** Lists in lists and quotes in quotes take a stack each, and time that grows with every level. */
const MOST_LEVELS = 16;
/** Text in a row with so many characters is no paragraph, and the time for its marks grows with the square of it. */
const MOST_INLINE = 6_000;
/** The same for a part without an end. A block of code is cheap, however long. */
const MOST_BLOCK = 50_000;
const FENCE = /^ {0,3}(?:`{3}|~{3})/;

const CJK = String.raw`[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]`;
/** CommonMark ends no emphasis between a punctuation mark and a letter, and these scripts put no space there. */
const STRONG_BEFORE_CJK = new RegExp(String.raw`^\*\*(?![\s*])([^*\n]*[\p{P}\p{S}])\*\*(?=${CJK})`, "u");
const STRONG_AFTER_CJK = /^\*\*(?=[\p{P}\p{S}])([^*\n]*[^\s*])\*\*/u;
const ENDS_IN_CJK = new RegExp(`${CJK}$`, "u");
const LINE_BREAK = /^<br\s*\/?>/i;

/** Marked's rules without HTML, which stays the text that it is, and with an end to how deep things nest. */
class AnswerTokenizer extends Tokenizer {
  #levels = 0;

  override html(): undefined {}

  /** Tables have no other way to break a line. */
  override tag(src: string): Tokens.Tag | undefined {
    const raw = LINE_BREAK.exec(src)?.[0];
    // The type of Marked's own break is one of another rule.
    return raw === undefined ? undefined : ({ type: "br", raw } as unknown as Tokens.Tag);
  }

  override list(src: string): Tokens.List | undefined {
    return this.#oneLevelDown(() => super.list(src));
  }

  override blockquote(src: string): Tokens.Blockquote | undefined {
    return this.#oneLevelDown(() => super.blockquote(src));
  }

  override emStrong(src: string, maskedSrc: string, prevChar = ""): Tokens.Em | Tokens.Strong | undefined {
    const strong = STRONG_BEFORE_CJK.exec(src) ?? (ENDS_IN_CJK.test(prevChar) ? STRONG_AFTER_CJK.exec(src) : null);
    if (strong === null) return super.emStrong(src, maskedSrc, prevChar);
    const [raw, text = ""] = strong;
    return { type: "strong", raw, text, tokens: this.lexer.inlineTokens(text) };
  }

  #oneLevelDown<Result>(read: () => Result): Result | undefined {
    if (this.#levels >= MOST_LEVELS) return undefined;
    this.#levels += 1;
    try {
      return read();
    } finally {
      this.#levels -= 1;
    }
  }
}

class AnswerLexer extends Lexer {
  override inlineTokens(src: string, tokens: Token[] = []): Token[] {
    if (src.length <= MOST_INLINE) return super.inlineTokens(src, tokens);
    tokens.push({ type: "text", raw: src, text: src, escaped: true });
    return tokens;
  }
}

/**
 * The parts of a text in Markdown, whose `raw` put together are the text. A single line break stays one: models write them where they
 * mean them. Takes bounded time for a text of any shape: what is too large or too deep for it comes back as `plain`.
 *
 * @param links names from the text before; those of this text are added to it
 */
export function lexMarkdown(text: string, links: LinkNames): readonly BlockToken[] {
  if (text.length > MOST_BLOCK && !FENCE.test(text)) return [{ type: "plain", raw: text }];
  const lexer = new AnswerLexer({ gfm: true, breaks: true, tokenizer: new AnswerTokenizer() });
  lexer.tokens.links = links;
  try {
    return lexer.lex(text) as MarkedToken[];
  } catch {
    // What a grammar of regular expressions can't read is still an answer.
    return [{ type: "plain", raw: text }];
  }
}
