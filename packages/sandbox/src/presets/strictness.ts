import type { OpenAIMessage } from "../families/openai-messages.js";
import type { PresetModel } from "./preset.js";

type Role = OpenAIMessage["role"];

/** What a provider refuses beyond OpenAI's form. `"any"` overlooks unknown keys. */
export interface Strictness {
  /** Root keys that are taken. */
  root: readonly string[] | "any";
  /** Keys of a message by its role; a role that is not here is refused. */
  messages: Readonly<Partial<Record<Role, readonly string[] | "any">>>;
  /** Keys of a tool's function. */
  toolFunction: readonly string[] | "any";
  /** Keywords that no schema of a tool's parameters may have, at any depth. */
  noSchemaKeys?: readonly string[];
  /** Keys of `stream_options`. @default any */
  streamOptions?: readonly string[];
  /** Whether contents must be strings: no parts, no null. @default false */
  plainContent?: boolean;
  /** Names of the output cap that have an effect. @default both */
  capNames?: readonly ("max_tokens" | "max_completion_tokens")[];
  /** What remains to be said against a body that has the right form. */
  further?(body: CheckedBody, model: PresetModel): Violation | undefined;
}

/** One thing that is wrong with a body. */
export interface Violation {
  kind: "unknown" | "invalid";
  /** Where the value stands; the last step is the key that is not known. */
  path: readonly (string | number)[];
  message: string;
  /** The value there. */
  input?: unknown;
  /** The role of the message it is in. */
  role?: string;
}

export interface CheckedCall {
  id: string;
  function: { name: string; arguments: string };
  [key: string]: unknown;
}

export interface CheckedMessage extends OpenAIMessage {
  tool_calls?: readonly CheckedCall[] | undefined;
}

/** A body in OpenAI's form. */
export interface CheckedBody {
  model: string;
  messages: readonly CheckedMessage[];
  [key: string]: unknown;
}
