import type { MarkedToken, Token, Tokens } from "marked";
import type { ComponentChildren, VNode } from "preact";
import { CodeBlock } from "./code-block.js";
import type { BlockToken } from "./lex-markdown.js";
import { renderInline } from "./render-inline.js";

const HEADINGS = ["h3", "h4", "h5", "h6"] as const;

/**
 * A part of an answer as elements. The direction of its script is that of the part as a whole, so that the marks of a list and the columns
 * of a table stand where its readers begin.
 */
export function renderBlock(token: BlockToken, key: number): VNode | null {
  if (token.type === "plain") return plain(token.raw, key);
  switch (token.type) {
    case "space":
    case "def":
      return null;
    case "hr":
      return <hr key={key} />;
    case "code":
      return <CodeBlock key={key} code={token.text} language={/^\S{0,40}/.exec(token.lang ?? "")?.[0] ?? ""} />;
    case "heading": {
      const Heading = HEADINGS[Math.min(token.depth, HEADINGS.length) - 1] ?? "h6";
      return (
        <Heading key={key} dir="auto">
          {renderInline(token.tokens)}
        </Heading>
      );
    }
    case "blockquote":
      return (
        <blockquote key={key} dir="auto">
          {renderInside(token.tokens)}
        </blockquote>
      );
    case "list":
      return <List key={key} token={token} dir="auto" />;
    case "table":
      return <Table key={key} token={token} />;
    case "paragraph":
    case "text":
      return (
        <p key={key} dir="auto">
          {token.tokens === undefined ? token.text : renderInline(token.tokens)}
        </p>
      );
    default:
      return plain(token.raw, key);
  }
}

function plain(text: string, key: number): VNode {
  return (
    <p key={key} class="plain" dir="auto">
      {text}
    </p>
  );
}

/** What stands in a list or a quote: its direction is theirs, and a short item is no paragraph. */
function renderInside(tokens: readonly Token[]): ComponentChildren {
  return (tokens as readonly MarkedToken[]).map((token, index) => {
    if (token.type === "text") return token.tokens === undefined ? token.text : renderInline(token.tokens);
    if (token.type === "checkbox") return token.checked ? "☑ " : "☐ ";
    if (token.type === "paragraph") return <p key={index}>{renderInline(token.tokens)}</p>;
    if (token.type === "list") return <List key={index} token={token} />;
    if (token.type === "blockquote") return <blockquote key={index}>{renderInside(token.tokens)}</blockquote>;
    return renderBlock(token, index);
  });
}

function List({ token, dir }: { readonly token: Tokens.List; readonly dir?: "auto" }): VNode {
  const items = token.items.map(({ tokens, task }, index) => (
    <li key={index} class={task ? "task" : undefined}>
      {renderInside(tokens)}
    </li>
  ));
  if (!token.ordered) return <ul dir={dir}>{items}</ul>;
  return (
    <ol dir={dir} start={token.start === "" || token.start === 1 ? undefined : token.start}>
      {items}
    </ol>
  );
}

/** Of a number, a date or a name: a cell that is broken within is not read as one. */
const SHORT_CELL = 16;

function cellLook({ align, text }: Tokens.TableCell): string | undefined {
  return [align, text.length <= SHORT_CELL ? "short" : ""].filter(Boolean).join(" ") || undefined;
}

function Table({ token: { header, rows } }: { readonly token: Tokens.Table }): VNode {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be within reach of a keyboard
    <section class="scroll" aria-label="Table" tabIndex={0} dir="auto">
      <table>
        <thead>
          <tr>
            {header.map((cell, index) => (
              <th key={index} scope="col" class={cellLook(cell)}>
                {renderInline(cell.tokens)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index}>
              {row.map((cell, column) => (
                <td key={column} class={cellLook(cell)}>
                  {renderInline(cell.tokens)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
