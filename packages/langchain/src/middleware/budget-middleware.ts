import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { type BaseMessage, isBaseMessage } from "@langchain/core/messages";
import { type AgentMiddleware, createMiddleware } from "langchain";
import { z } from "zod";
import type { ChatLaplasCallOptions } from "../chat/chat-fields.js";
import type { LaplasBudget } from "./budget-note.js";
import { chatLaplasIn } from "./chat-laplas-in.js";
import { type Candidate, chooseModel } from "./choose-model.js";

/** Options of {@link laplasBudgetMiddleware}. */
export interface LaplasBudgetMiddlewareOptions {
  /**
   * Models to turn to, in this order. All models of a key share its budget, so name a cheaper one or one of another provider,
   * which is taken to answer always.
   */
  readonly fallbacks: readonly BaseChatModel[];
}

/** What the middleware adds to an agent's state. */
export type LaplasBudgetSchema = z.ZodObject<{ laplasBudget: z.ZodOptional<z.ZodCustom<LaplasBudget>> }>;

const stateSchema: LaplasBudgetSchema = z.object({ laplasBudget: z.custom<LaplasBudget>().optional() });

/**
 * Asks before every model call whether the budget can pay for it, and where it can't, calls the next model that it can pay
 * for. Which model was called, and why, is `laplasBudget` in the agent's state. Asking sends and spends nothing. No call
 * fails for it: where no model can be paid for the agent's own is called, and its error speaks.
 *
 * @example
 * ```ts
 * const spare = new ChatOpenRouter("meta-llama/llama-3.3-70b-instruct"); // any chat model of LangChain
 * const agent = createAgent({ model, tools, middleware: [laplasBudgetMiddleware({ fallbacks: [spare] })] });
 * const { laplasBudget } = await agent.invoke({ messages: "Hello" });
 * ```
 */
export function laplasBudgetMiddleware({
  fallbacks,
}: LaplasBudgetMiddlewareOptions): AgentMiddleware<LaplasBudgetSchema, undefined> {
  /** By answer, since calls of one agent run at once. Not a Command: LangChain drops it beside a structured answer. */
  const notes: WeakMap<object, LaplasBudget> = new WeakMap();
  return createMiddleware({
    name: "laplasBudgetMiddleware",
    stateSchema,
    async wrapModelCall(request, handler) {
      const { messages, systemMessage, tools } = request;
      const prompt = systemMessage?.text ? [systemMessage, ...messages] : messages;
      const settings = request.modelSettings as Partial<ChatLaplasCallOptions> | undefined;
      const options = { ...settings, tools };
      const toCandidate = (model: unknown) => candidate(model, prompt, options);
      const { place, note } = await chooseModel(
        await toCandidate(request.model),
        await Promise.all(fallbacks.map(toCandidate)),
      );
      const answer = await handler({ ...request, model: fallbacks[place - 1] ?? request.model });
      for (const message of answersIn(answer)) notes.set(message, note);
      return answer;
    },
    afterModel({ messages }) {
      const answer = messages.findLast((message) => notes.has(message));
      return answer && { laplasBudget: notes.get(answer) };
    },
  });
}

async function candidate(
  model: unknown,
  prompt: BaseMessage[],
  options: Partial<ChatLaplasCallOptions>,
): Promise<Candidate> {
  const looked = chatLaplasIn(model);
  // A model of initChatModel that can't be made is no fallback; as the agent's own it says so itself when it is called.
  const found = await looked.catch(() => undefined);
  return { name: nameOf(found ?? model), check: async () => (await looked)?.check(prompt, options) };
}

function nameOf(model: unknown): string {
  const { model: name, modelName } = model as { model?: unknown; modelName?: unknown };
  return String(name ?? modelName ?? "unknown");
}

/** A structured answer comes as `{ structuredResponse, messages }`, against the handler's type. */
function answersIn(answer: object): readonly object[] {
  if (isBaseMessage(answer) || !("messages" in answer) || !Array.isArray(answer.messages)) return [answer];
  return answer.messages;
}
