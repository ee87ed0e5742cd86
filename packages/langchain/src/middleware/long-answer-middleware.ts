import { AIMessage, type BaseMessage, SystemMessage } from "@langchain/core/messages";
import { optionTable } from "@laplas/core";
import { type AgentMiddleware, createMiddleware } from "langchain";
import { checkCount } from "../engine/engine-fields.js";
import { pairCalls, resultOf } from "../messages/pair-calls.js";
import { answerTokens, continuingSettings } from "./answer-length.js";
import { findChatLaplas } from "./chat-laplas-in.js";
import { brokenInARow, openCalls, structuredError } from "./cut-answers.js";
import { listenToModel } from "./listen-to-model.js";

/** Options of {@link laplasLongAnswerMiddleware}. */
export interface LaplasLongAnswerMiddlewareOptions {
  /**
   * Follow-ups by which an answer is continued before the model is asked to split it, at most; 0 for none. What the call, the model
   * or LAPLAS_CONTINUE_AT_CAP says goes before it; it goes before the option of an engine that was handed in. @default 8
   */
  readonly continueAtCap?: number;
  /** How many answers in a row with no call that can be run go back to the model. The next one ends the agent. @default 2 */
  readonly maxRetries?: number;
  /** Adds a line to the system prompt that says how long an answer may be, and to split what is longer. @default false */
  readonly systemLine?: boolean;
}

/**
 * For agents whose answers are cut at the tier's output limit. First the engine continues such an answer, so that a text, a file
 * or a structured answer arrives whole. A tool call that is still cut is not run, and without this the agent ends: here the model is
 * told why and how long an answer may be, and asked again, so that it can split the work. The same goes for calls that can't be
 * read for another reason. A structured answer that is still cut is a FatalLimitError `output_tokens` with the text so far as
 * `completed`, in place of a `structuredResponse` that is undefined.
 *
 * @example
 * ```ts
 * const agent = createAgent({ model, tools, middleware: [laplasLongAnswerMiddleware({ systemLine: true })] });
 * ```
 * @throws InvalidOptionsError
 */
export function laplasLongAnswerMiddleware(options: LaplasLongAnswerMiddlewareOptions = {}): AgentMiddleware {
  const maxRetries = checkCount("maxRetries", options.maxRetries) ?? 2;
  const continueAtCap = checkCount("continueAtCap", options.continueAtCap, optionTable.continueAtCap.max) ?? 8;
  const mayRetry = (broken: number): boolean => broken <= maxRetries;
  return createMiddleware({
    name: "laplasLongAnswerMiddleware",
    async wrapModelCall(request, handler) {
      // A model that can't be made says so itself when it is called.
      const found = await findChatLaplas(request.model).catch(() => undefined);
      const modelSettings = continuingSettings(found, request.modelSettings, continueAtCap);
      const line = options.systemLine ? lengthLine(answerTokens(found, modelSettings)) : undefined;
      const asked = {
        ...request,
        modelSettings,
        // Models of other vendors refuse a tool result without its call.
        messages: pairCalls(request.messages),
        ...(line === undefined ? {} : { systemMessage: withLine(request.systemMessage, line) }),
      };
      if (request.responseFormat === undefined) return handler(asked);
      const tools = new Set(request.tools.map(nameOf));
      const expected = { tools, mayRetry: mayRetry(brokenInARow(request.messages) + 1) };
      const judge = (answer: AIMessage): AIMessage => {
        const error = structuredError(answer, expected);
        if (error !== undefined) throw error;
        return answer;
      };
      const model = listenToModel(modelSettings);
      try {
        const answer = await handler({ ...asked, modelSettings: model.settings });
        return AIMessage.isInstance(answer) ? judge(answer) : answer;
      } catch (error) {
        const heard = model.heard();
        // LangChain takes an answer that only holds a call to try again for a structured one that fits no schema.
        if (heard === undefined || openCalls([judge(heard)]).length === 0) throw error;
        return heard;
      }
    },
    afterModel: {
      canJumpTo: ["model"],
      hook({ messages }) {
        const results = openCalls(messages).map(resultOf);
        if (results.length === 0) return undefined;
        // Beside a call that can be run the agent goes on by itself.
        if (hasCalls(messages)) return { messages: results };
        return mayRetry(brokenInARow(messages)) ? { messages: results, jumpTo: "model" } : undefined;
      },
    },
  });
}

function hasCalls(messages: readonly BaseMessage[]): boolean {
  const answer = messages.findLast((message) => AIMessage.isInstance(message));
  return AIMessage.isInstance(answer) && Boolean(answer.tool_calls?.length);
}

function lengthLine(tokens: number | undefined): string | undefined {
  if (tokens === undefined) return undefined;
  return `One answer of yours may have ${tokens} tokens (about ${Math.round(tokens * 0.75)} words), thoughts and tool calls included. What goes beyond is cut off, and a tool call that is cut is not run: write long texts and files in several calls.`;
}

function withLine(prompt: SystemMessage, line: string): SystemMessage {
  return prompt.text === "" ? new SystemMessage(line) : prompt.concat(`\n\n${line}`);
}

function nameOf(tool: unknown): string {
  const { name, function: called } = tool as { name?: unknown; function?: { name?: unknown } };
  return String(name ?? called?.name ?? "");
}
