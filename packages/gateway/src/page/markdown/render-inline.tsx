import type { MarkedToken, Token } from "marked";
import type { ComponentChildren } from "preact";
import { decodeEntities } from "./decode-entities.js";
import { safeAddress } from "./safe-address.js";

/** Words of an answer as elements. What is no mark of Markdown is text, HTML too. */
export function renderInline(tokens: readonly Token[]): ComponentChildren {
  return (tokens as readonly MarkedToken[]).map((token, index) => {
    switch (token.type) {
      case "strong":
        return <strong key={index}>{renderInline(token.tokens)}</strong>;
      case "em":
        return <em key={index}>{renderInline(token.tokens)}</em>;
      case "del":
        return <del key={index}>{renderInline(token.tokens)}</del>;
      case "codespan":
        // Names and commands read from left to right, wherever they stand.
        return (
          <code key={index} dir="ltr">
            {token.text}
          </code>
        );
      case "br":
        return <br key={index} />;
      case "escape":
        return token.text;
      case "link": {
        const href = token.autolink ? token.href : decodeEntities(token.href);
        return renderLink(href, renderInline(token.tokens), index);
      }
      case "image":
        // A picture would be asked for at another host, which the page never speaks to.
        return renderLink(decodeEntities(token.href), `Picture: ${token.text || token.href}`, index);
      case "text":
        if (token.tokens !== undefined) return renderInline(token.tokens);
        return token.escaped ? token.text : decodeEntities(token.text);
      default:
        return token.raw;
    }
  });
}

function renderLink(href: string, words: ComponentChildren, key: number): ComponentChildren {
  const address = safeAddress(href);
  if (address === undefined) return words;
  return (
    <a key={key} href={address} target="_blank" rel="noopener noreferrer">
      {words}
    </a>
  );
}
