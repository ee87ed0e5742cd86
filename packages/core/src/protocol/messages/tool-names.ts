import { adjust } from "../../dialect/chat-draft.js";
import { freeName } from "../../dialect/free-name.js";
import type { Adjustment } from "../../request/adjustment.js";

/** Names of tools as every family takes them, and back: Anthropic takes 128 characters, others 64. */
export interface ToolNames {
  /** The name that goes out for the client's. */
  plain(name: string): string;
  /** The client's name for one that came back. */
  own(name: string): string;
}

const PLAIN = /^[A-Za-z_][\w-]{0,63}$/;
const MOST = 64;

/** The names of one request. The same list of tools gets the same names on every turn. */
export function createToolNames(adjustments: Adjustment[]): ToolNames {
  const plainOf = new Map<string, string>();
  const ownOf = new Map<string, string>();

  const plainName = (name: string): string => {
    const short = name
      .replace(/[^\w-]+/g, "_")
      .replace(/^(?![A-Za-z_])/, "_")
      .slice(0, MOST);
    adjust({ adjustments }, "tools", "plain_names");
    return freeName(short, MOST, (one) => ownOf.has(one));
  };

  return {
    plain(name) {
      const known = plainOf.get(name);
      if (known !== undefined) return known;
      const plain = PLAIN.test(name) && !ownOf.has(name) ? name : plainName(name);
      plainOf.set(name, plain);
      ownOf.set(plain, name);
      return plain;
    },
    own: (name) => ownOf.get(name) ?? name,
  };
}
