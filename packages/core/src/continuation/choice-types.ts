import type { ChatAnswerMessage, ChatCompletionChunk } from "../request/wire-types.js";
import type { Ended, SeamKind } from "./ended.js";
import type { FollowUp } from "./follow-up.js";

export type ChunkChoice = ChatCompletionChunk["choices"][number];

/** What is known of an answer that may be longer than the tier allows, before it begins. */
export interface LongChoiceOptions {
  /** What the caller has begun the answer with: the model goes on behind it. */
  readonly begun: string;
  /** That it has to be JSON. */
  readonly json?: { readonly schema: unknown };
  /** The caller's stops: they may lie across a seam. */
  readonly stops: readonly string[];
  /** The schema of a tool's arguments. */
  schemaOf(tool: string): unknown;
  /** Whether the model goes on behind a text that it is given as its own. */
  readonly takesPrefill: boolean;
  /** Whether a part is also taken without proof. */
  readonly takesUnproved: boolean;
  /** Follow-ups, at most. */
  readonly most: number;
  /** The caller's own limit, in model tokens. */
  readonly maxTokens: number | undefined;
  /** That of one request. */
  readonly capTokens: number | undefined;
}

/** What a part's answer has used, in model tokens. */
export interface PartTokens {
  readonly all: number;
  readonly thoughts: number;
  /** The server has told none: they are counted from characters, and may be far off. */
  readonly isEstimated: boolean;
}

/** How a part came out. */
export interface EndedPart {
  readonly seam: SeamKind;
  /** Whether the model kept to the form that it was asked for; absent where it was asked for none. */
  readonly obeyed?: boolean;
  /** Model tokens of what was kept. */
  readonly keptTokens: number;
}

/** One choice of an answer, put together from several requests. */
export interface LongChoice {
  /** Takes an event of the part that runs. @returns what the caller gets of it: the same object where nothing changes, `undefined` where nothing is left */
  read(choice: ChunkChoice): ChunkChoice | undefined;
  /** The part has ended. */
  endPart(tokens: PartTokens): EndedPart;
  /** What to ask next; `undefined` where the answer has ended. */
  followUp(): FollowUp | undefined;
  /** The follow-up was not answered, or not to its end. */
  fail(why: Ended): void;
  /** Whether anything was asked for after its first part. */
  readonly hasFollowUps: boolean;
  /** Why it ended; `undefined` while it goes on. */
  readonly ended: Ended | undefined;
  /** What is left to say when it has ended, with the reason. */
  last(): ChunkChoice;
  /** All that was said, as a message has it. */
  readonly message: Pick<ChatAnswerMessage, "content" | "tool_calls">;
}
