const MOST_CHARACTERS = 300;

/** The newest words of the user in a call's body, cut short; `undefined` where there are none. */
export function promptOf(text: string): string | undefined {
  let body: { messages?: unknown; input?: unknown; prompt?: unknown } | null;
  try {
    body = JSON.parse(text);
  } catch {
    return undefined;
  }
  const words = wordsOf(body?.prompt) ?? wordsOf(body?.input) ?? wordsOf(newestOfUser(body?.messages));
  if (words === undefined || words.length <= MOST_CHARACTERS) return words;
  // By code points: half a pair would be no text.
  return `${[...words.slice(0, MOST_CHARACTERS)].slice(0, -1).join("")}…`;
}

function newestOfUser(messages: unknown): unknown {
  if (!Array.isArray(messages)) return undefined;
  const ofUser = messages.filter((message: { role?: unknown } | null) => message?.role === "user");
  return (ofUser.at(-1) as { content?: unknown } | undefined)?.content;
}

/** A text, or the texts of a list: of strings, or of parts. */
function wordsOf(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  if (!Array.isArray(value)) return undefined;
  const texts = value.flatMap((part: unknown) => {
    const text = typeof part === "string" ? part : (part as { text?: unknown } | null)?.text;
    return typeof text === "string" ? [text] : [];
  });
  return texts.length === 0 ? undefined : texts.join(" · ");
}
