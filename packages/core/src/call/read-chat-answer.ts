import { readUsage } from "../cost/read-usage.js";
import type { Provider } from "../provider/provider.js";
import type { ChatCompletion, JsonObject } from "../request/wire-types.js";
import { checkAnswer } from "./check-answer.js";
import { chatUsage } from "./count-usage.js";
import { endWithCalls, fillAnswer } from "./fill-answer.js";
import { type PreparedCall, reportAdjustment } from "./prepared-call.js";
import { charactersOf } from "./runaway.js";

/** A chat's answer as its caller reads it, with its usage. @throws FatalUpstreamError `unexpected_response` */
export function readChatAnswer(provider: Provider, plan: PreparedCall, given: JsonObject): ChatCompletion {
  const original = checkAnswer(fillAnswer(given, plan) as unknown as ChatCompletion);
  // After the reader: an answer by a tool of ours is text to its caller.
  const answer = endWithCalls(plan.adapted.reader?.readAnswer(original, reportAdjustment(plan)) ?? original);
  const characters = charactersOf(answer.choices.map(({ message }) => message));
  const came = { usage: original.usage, told: readUsage(original, provider) };
  return { ...answer, usage: chatUsage(plan, came, characters, plan.totals.cost) };
}
