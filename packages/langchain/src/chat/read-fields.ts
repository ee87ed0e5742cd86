import type { BaseChatModelParams } from "@langchain/core/language_models/chat_models";
import type { ChatLaplasFields } from "./chat-fields.js";
import { checkFields, reasoningEffort } from "./check-fields.js";
import { FIELD_DECISIONS, REQUEST_FIELDS } from "./field-decisions.js";

/** Fields without aliases, `reasoning` and `configuration`. */
export type ReadFields = Omit<
  ChatLaplasFields,
  "modelName" | "maxCompletionTokens" | "stopSequences" | "reasoning" | "configuration"
>;

/** Checks the fields and resolves their aliases. @throws InvalidOptionsError naming the field */
export function readFields(fields: ChatLaplasFields): ReadFields {
  checkFields(fields as Readonly<Record<string, unknown>>);
  const { modelName, maxCompletionTokens, stopSequences, reasoning: _, configuration = {}, ...others } = fields;
  return {
    ...others,
    model: fields.model ?? modelName,
    maxTokens: fields.maxTokens ?? maxCompletionTokens,
    stop: fields.stop ?? stopSequences,
    reasoningEffort: reasoningEffort(fields),
    apiKey: fields.apiKey ?? configuration.apiKey,
    baseURL: fields.baseURL ?? configuration.baseURL,
    defaultHeaders: fields.defaultHeaders ?? configuration.defaultHeaders,
    fetch: fields.fetch ?? configuration.fetch,
  };
}

/** The fields that go into the request body. */
export function requestFields(fields: ReadFields): Pick<ReadFields, keyof typeof REQUEST_FIELDS> {
  return pick(fields, Object.keys(REQUEST_FIELDS));
}

/** The fields that LangChain's base class reads. The rest may hold secrets, which it would keep and print. */
export function langchainFields(fields: ReadFields): BaseChatModelParams {
  return pick(
    fields,
    Object.keys(FIELD_DECISIONS).filter((name) => {
      const decision = FIELD_DECISIONS[name];
      return decision !== undefined && "handledBy" in decision && decision.handledBy === "LangChain";
    }),
  );
}

/** The serialised fields, from which LangChain's `load` restores the model. */
export const WRITTEN_FIELDS: readonly (keyof ReadFields & string)[] = Object.entries(FIELD_DECISIONS)
  .filter(([, decision]) => "sentAs" in decision || ("handledBy" in decision && decision.isPlain))
  .map(([name]) => name as keyof ReadFields & string);

function pick(fields: object, names: readonly string[]): object {
  return Object.fromEntries(
    Object.entries(fields).filter(([name, value]) => names.includes(name) && value !== undefined),
  );
}
