import type { CheckedBody, Violation } from "./strictness.js";

/**
 * What Mistral refuses in a body of the right form; the number in front is its code. Ids of calls are nine letters or digits,
 * other vendors' are not. The last turn is the user's or a tool's, or an assistant's marked as a prefix, and no user speaks
 * right after a tool.
 */
export function mistralFault({ messages, n }: CheckedBody): Violation | undefined {
  const invalid = (index: number, message: string): Violation => ({
    kind: "invalid",
    path: ["messages", index],
    message,
  });
  if (typeof n === "number" && n > 1) return { kind: "invalid", path: ["n"], message: "Input should be 1" };
  for (const [index, message] of messages.entries()) {
    const ids = [
      ...(message.tool_calls ?? []).map(({ id }) => id),
      ...((message.tool_call_id ?? "") ? [message.tool_call_id] : []),
    ];
    const wrong = ids.find((id) => !/^[a-zA-Z0-9]{9}$/.test(String(id)));
    if (wrong !== undefined) {
      return invalid(index, `3280 Tool call id was ${wrong} but must be a-z, A-Z, 0-9, with a length of 9.`);
    }
    if (message.role === "user" && messages[index - 1]?.role === "tool") {
      return invalid(index, "3230 Unexpected role 'user' after role 'tool'");
    }
  }
  const last = messages.at(-1);
  const isPrefix = last?.role === "assistant" && "prefix" in last && last.prefix === true;
  if (last && !isPrefix && last.role !== "user" && last.role !== "tool") {
    return invalid(
      messages.length - 1,
      `3230 Expected last role User or Tool (or Assistant with prefix True) for serving but got ${last.role}`,
    );
  }
  return undefined;
}
