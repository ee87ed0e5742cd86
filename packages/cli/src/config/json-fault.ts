const TOKEN =
  /[ \t\n\r]*(?:("(?:[ !#-[\]-\u{10ffff}]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)|([{}[\],:]))/uy;

/** What may come next. */
type Next = "value" | "value or ]" | "key" | "key or }" | ":" | ", or end" | "nothing";

/**
 * The line, from 1 on, in which a text ceases to be JSON. `JSON.parse` tells a place only sometimes, and quotes what stands
 * there, which may be a key or a prompt.
 */
export function jsonFaultLine(text: string): number {
  let end = 0;
  try {
    end = faultOffset(text);
  } catch {
    // A string of megabytes can be too much for the pattern: then it is the line that it begins in.
    end = TOKEN.lastIndex;
  }
  const before = text.slice(0, end + (/^[ \t\n\r]*/.exec(text.slice(end))?.[0].length ?? 0));
  // At the end of the text it is its last line that lacks something, not an empty one after it.
  const told = before.length === text.length ? before.trimEnd() : before;
  return told.split("\n").length;
}

function faultOffset(text: string): number {
  const open: ("{" | "[")[] = [];
  let next: Next = "value";
  let at = 0;
  for (;;) {
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(text);
    const after: Next | undefined = token === null ? undefined : step(next, token, open);
    if (token === null || after === undefined) return at;
    next = after;
    at += token[0].length;
  }
}

/** What may follow a token; undefined where it may not stand. */
function step(next: Next, [, string, scalar, mark]: RegExpExecArray, open: ("{" | "[")[]): Next | undefined {
  const afterValue = (): Next => (open.length === 0 ? "nothing" : ", or end");
  const takesValue = next === "value" || next === "value or ]";
  if (scalar !== undefined || (string !== undefined && takesValue)) return takesValue ? afterValue() : undefined;
  if (string !== undefined) return next === "key" || next === "key or }" ? ":" : undefined;
  const inner = open.at(-1);
  switch (mark) {
    case "{":
    case "[":
      if (!takesValue) return undefined;
      open.push(mark);
      return mark === "{" ? "key or }" : "value or ]";
    case "}":
      if (inner !== "{" || (next !== ", or end" && next !== "key or }")) return undefined;
      open.pop();
      return afterValue();
    case "]":
      if (inner !== "[" || (next !== ", or end" && next !== "value or ]")) return undefined;
      open.pop();
      return afterValue();
    case ",":
      return next !== ", or end" ? undefined : inner === "{" ? "key" : "value";
    default:
      return next === ":" ? "value" : undefined;
  }
}
