import type { Dialect } from "../catalog/model.js";
import type { ChatDraft } from "./chat-draft.js";
import {
  askSeveralTimes,
  isNoThinking,
  keepUserId,
  moveEffort,
  nearestEffort,
  readBoolean,
  readLogitBias,
  readStops,
  readThinking,
  readTopLogprobs,
  refuseNeverAndAlways,
} from "./field-treatments.js";
import { type IsNeutral, type NumberRange, neutralAt } from "./field-values.js";
import { translateFunctionChoice, translateFunctions } from "./legacy-functions.js";
import { moveStops, moveSystem } from "./own-claude-fields.js";
import { answerInFormat, isPlainText } from "./structured-output.js";
import { limitToOneCall, readToolChoice } from "./tool-choice.js";
import { offerTools } from "./tools.js";

/**
 * What a field is to an answer where a request shape lacks it.
 *
 * - `hint`: nothing. It is dropped and reported.
 * - `preference`: the answer can differ. It is dropped, or becomes the nearest value; that is reported, and with `onExcess: "refuse"` an error.
 * - `meaning`: something else would be answered. It is refused.
 */
export type FieldKind = "hint" | "preference" | "meaning";

/** What a shape does with a field: takes it as it is, within a range, or as a function writes it. `undefined` from there: it is not sent. */
export type Treatment = "taken" | NumberRange | ((value: unknown, draft: ChatDraft) => unknown);

/** One field of a chat request. A dialect that has no entry in `by` lacks the field. */
export interface RequestField {
  readonly kind: FieldKind;
  /** Values that mean the same as leaving the field out, where a shape lacks it. */
  readonly neutral?: IsNeutral;
  readonly by: Readonly<Partial<Record<Dialect, Treatment>>>;
}

const hint: RequestField = { kind: "hint", by: {} };
const meaning: RequestField = { kind: "meaning", by: {} };

function everywhere(treatment: Treatment): RequestField["by"] {
  return { openai: treatment, together: treatment, minimax: treatment, gemini: treatment, claude: treatment };
}

function butClaude(treatment: Treatment): RequestField["by"] {
  return { openai: treatment, together: treatment, minimax: treatment, gemini: treatment };
}

const penalty: NumberRange = { least: -2, most: 2 };
const choices: NumberRange = { least: 0, whole: true };
const share: NumberRange = { least: 0, most: 1 };
const answers: NumberRange = { least: 1, most: 128, whole: true };

/**
 * The fields of a chat request beside model, messages, output limit and stream, by the schemas published on 2025-04-16, in the order in
 * which they are read. A field that is not here is a hint.
 */
export const REQUEST_FIELDS: ReadonlyMap<string, RequestField> = new Map<string, RequestField>([
  // Anthropic's words for what OpenAI says in messages and in `stop`.
  ["system", { kind: "meaning", by: { claude: "taken", ...butClaude(moveSystem) } }],
  ["stop_sequences", { kind: "meaning", by: everywhere(moveStops) }],
  // OpenAI's words before tools.
  ["functions", { kind: "meaning", by: everywhere(translateFunctions) }],
  ["function_call", { kind: "meaning", by: everywhere(translateFunctionChoice) }],
  ["web_search_options", { kind: "preference", by: {} }],
  ["tools", { kind: "meaning", by: everywhere(offerTools) }],
  ["tool_choice", { kind: "meaning", by: everywhere(readToolChoice) }],
  [
    "parallel_tool_calls",
    { kind: "preference", neutral: neutralAt(true), by: { openai: limitToOneCall, claude: limitToOneCall } },
  ],
  // Before the form of the answer: Claude takes no forced choice while it thinks.
  ["thinking", { kind: "preference", neutral: isNoThinking, by: { claude: readThinking } }],
  ["response_format", { kind: "meaning", neutral: isPlainText, by: everywhere(answerInFormat) }],
  ["stop", { kind: "meaning", by: everywhere(readStops) }],
  [
    "n",
    {
      kind: "meaning",
      neutral: neutralAt(1),
      by: {
        openai: answers,
        together: answers,
        minimax: askSeveralTimes,
        gemini: askSeveralTimes,
        claude: askSeveralTimes,
      },
    },
  ],

  [
    "temperature",
    {
      kind: "preference",
      by: {
        openai: { least: 0, most: 2 },
        together: { least: 0 },
        minimax: { least: 0, most: 1 },
        gemini: { least: 0, most: 2 },
        claude: { least: 0, most: 1 },
      },
    },
  ],
  [
    "top_p",
    {
      kind: "preference",
      by: {
        openai: { least: 0.1, most: 1 },
        together: { least: 0.01, most: 1 },
        minimax: { least: 0.01, most: 1 },
        gemini: { least: 0.1, most: 1 },
        claude: { least: 0, most: 1 },
      },
    },
  ],
  ["top_k", { kind: "preference", by: { openai: choices, together: choices, claude: choices } }],
  ["min_p", { kind: "preference", neutral: neutralAt(0), by: { openai: share, together: share } }],
  ["top_a", { kind: "preference", neutral: neutralAt(0), by: { openai: share } }],
  [
    "repetition_penalty",
    { kind: "preference", neutral: neutralAt(1), by: { openai: { least: 0, most: 2 }, together: {} } },
  ],
  // Sic: not Anthropic's, but in the published schema.
  [
    "frequency_penalty",
    {
      kind: "preference",
      neutral: neutralAt(0),
      by: { openai: penalty, together: penalty, gemini: penalty, claude: penalty },
    },
  ],
  [
    "presence_penalty",
    { kind: "preference", neutral: neutralAt(0), by: { openai: penalty, together: penalty, gemini: penalty } },
  ],
  ["seed", { kind: "preference", by: { openai: { least: 1, whole: true }, together: { least: 1, whole: true } } }],
  [
    "logit_bias",
    {
      kind: "preference",
      by: {
        openai: readLogitBias,
        together: readLogitBias,
        minimax: refuseNeverAndAlways,
        gemini: readLogitBias,
        claude: refuseNeverAndAlways,
      },
    },
  ],
  ["reasoning", { kind: "preference", by: everywhere(moveEffort) }],
  ["reasoning_effort", { kind: "preference", by: { openai: nearestEffort } }],
  ["verbosity", { kind: "preference", by: {} }],
  ["mask_sensitive_info", { kind: "preference", by: { minimax: readBoolean("mask_sensitive_info") } }],

  // What clients read in answers: without it they would read something else.
  [
    "logprobs",
    {
      kind: "meaning",
      neutral: neutralAt(false),
      by: { openai: readBoolean("logprobs"), together: readBoolean("logprobs") },
    },
  ],
  ["top_logprobs", { kind: "meaning", neutral: neutralAt(0), by: { openai: readTopLogprobs } }],
  ["echo", { kind: "meaning", neutral: neutralAt(false), by: { together: readBoolean("echo") } }],
  ["modalities", { kind: "meaning", neutral: isTextAlone, by: {} }],
  ["audio", meaning],
  ["guided_json", meaning],
  ["guided_regex", meaning],
  ["guided_choice", meaning],
  ["guided_grammar", meaning],
  ["grammar", meaning],
  ["json_schema", meaning],
  ["structured_outputs", meaning],
  ["regex", meaning],

  ["metadata", { kind: "hint", by: { claude: keepUserId } }],
  ["user", hint],
  ["store", hint],
  ["service_tier", hint],
  ["prediction", hint],
  ["prompt_cache_key", hint],
  ["prompt_cache_retention", hint],
  ["safety_identifier", hint],
  ["cache_control", hint],
]);

function isTextAlone(value: unknown): boolean {
  return Array.isArray(value) && value.every((modality) => modality === "text");
}
