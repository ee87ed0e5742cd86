import type { ChatAnswerMessage, JsonObject } from "../../request/wire-types.js";
import {
  callItem,
  createId,
  endedArguments,
  type ItemStatus,
  isWholeCall,
  messageItem,
  messagePart,
  reasoningItem,
} from "./output-items.js";
import type { ToolTable } from "./tool-table.js";

/** A whole answer as items: the thought, the words, the calls. */
export function writeOutput(message: ChatAnswerMessage, isCut: boolean, table: ToolTable): readonly JsonObject[] {
  const { content, refusal, reasoning_content: thought, tool_calls: calls = [] } = message;
  const output: JsonObject[] = [];
  if (thought) output.push(reasoningItem(createId("rs"), [thought]));
  const parts = [
    ...(content ? [messagePart("output_text", content)] : []),
    ...(refusal ? [messagePart("refusal", refusal)] : []),
  ];
  // Agents ask again where an answer has neither words nor calls.
  if (parts.length === 0 && calls.length === 0) parts.push(messagePart("output_text", ""));
  const status: ItemStatus = isCut && calls.length === 0 ? "incomplete" : "completed";
  if (parts.length > 0) output.push(messageItem(createId("msg"), parts, status));
  for (const { id, function: called } of calls) {
    const text = endedArguments(called.arguments, isCut);
    const call = { id: createId("fc"), callId: id || createId("call"), tool: table.find(called.name), arguments: text };
    output.push(callItem(call, isCut && !isWholeCall(text) ? "incomplete" : "completed"));
  }
  return output;
}
