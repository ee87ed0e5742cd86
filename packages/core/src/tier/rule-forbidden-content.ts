import { quote } from "../errors/quote.js";
import { ALLOW, type DecisionContext, type RuleVerdict } from "./decision.js";
import type { ForbiddenContentRule } from "./tier.js";

/** Content nests once in the documented shapes (parts of a tool result). Deeper than this is no message. */
const MAX_DEPTH = 8;

/** Refuses messages that hold an attachment the tier does not take. */
export function forbiddenContent(rule: ForbiddenContentRule, { request }: DecisionContext): RuleVerdict {
  if (request.endpoint !== "chat") return ALLOW;
  for (const [index, message] of request.messages.entries()) {
    const type = findPart(message.content, rule.partTypes, 0);
    if (type === undefined) continue;
    return {
      verdict: "refuse",
      code: "image_input",
      message: `messages[${index}] holds a part of type ${quote(type)}, and attachments of that kind are not taken in messages (rule ${rule.id}). Take it out, or say in words what it shows.`,
      param: `messages[${index}].content`,
    };
  }
  return ALLOW;
}

function findPart(content: unknown, types: readonly string[], depth: number): string | undefined {
  if (!Array.isArray(content) || depth > MAX_DEPTH) return undefined;
  for (const part of content) {
    if (typeof part !== "object" || part === null) continue;
    const { type, content: inner } = part as { type?: unknown; content?: unknown };
    if (typeof type === "string" && types.includes(type)) return type;
    const found = findPart(inner, types, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}
