import type { LoggedRequest } from "../server/request-log.js";
import { type Habit, type HabitOptions, habitNames } from "./habit.js";
import { type LongTextKind, longTextKinds } from "./long-text.js";

/** What the model has in mind to say, and how it behaves when it is asked to go on. */
export interface Draft {
  /** The whole text: what all parts together say. For `json` and `tool` the whole JSON. */
  text?: string;
  /** A text made from the seed instead of a given one. @default "sentences" */
  kind?: LongTextKind;
  /** How long a made text is at least, in model tokens; it ends with a whole sentence, row or item. @default 3000; `file` 1536 (6 kB); `list` 200 items */
  tokens?: number;
  /** Another seed makes another text, other remarks and other cuts. @default 1 */
  seed?: number;
  /**
   * `text`: as it is. `json`: as a JSON document; a made text other than `list` becomes its field `text`. `tool`: as the
   * arguments of a call; a made text goes into the string that the tool's schema means for it (`content`, `text`, `code`,
   * else the last one), all else is filled in as ever.
   * @default "tool" where `tool` is named or the request forces a call, else "json" for `list` and "text" for all others
   */
  as?: "text" | "json" | "tool";
  /** The tool that is called. @default the one that the request forces, else its first */
  tool?: string;
  /** Behavior when asked to go on; a list has one for each follow-up, and its last for all after it. @default "repeats" */
  habit?: Habit | readonly Habit[];
  /** Each part ends up to so many UTF-16 units before its cap, by the seed, so that cuts fall anywhere. @default 0 */
  jitter?: number;
  /**
   * What comes of a character in which a cut falls. `whole`: it is not begun. `replaced`: any character beyond ASCII at the
   * cut becomes U+FFFD, as where a server cuts between bytes. `half`: half a surrogate pair, where one stands at the cut.
   * @default "whole"
   */
  torn?: "whole" | "replaced" | "half";
}

export interface WriteOptions {
  /** How many answers are written so; their follow-ups belong to them and do not count. @default 1 */
  times?: number;
  /** Which requests are answered so. It is not asked about follow-ups. @default every chat request */
  when?: (request: LoggedRequest) => boolean;
}

/** A draft with all its defaults but those that depend on the request. */
export interface ResolvedDraft extends Required<Omit<Draft, "text" | "tokens" | "as" | "tool" | "habit">> {
  text: string | undefined;
  tokens: number | undefined;
  as: Draft["as"];
  tool: string | undefined;
  habits: readonly HabitOptions[];
}

/** Completes a draft. Throws a `TypeError` on a senseless one. */
export function resolveDraft(draft: Draft): ResolvedDraft {
  const { text, kind = "sentences", tokens, seed = 1, as, tool, jitter = 0, torn = "whole" } = draft;
  if (text !== undefined && draft.kind !== undefined) throw new TypeError("write: give text or kind, not both");
  if (text === "") throw new TypeError("write: text must not be empty");
  if (!longTextKinds.includes(kind)) throw new TypeError(`write: kind must be one of ${longTextKinds.join(", ")}`);
  if (tokens !== undefined && !(tokens > 0)) throw new TypeError("write: tokens must be a number above 0");
  if (!(jitter >= 0)) throw new TypeError("write: jitter must be a number from 0");
  if (as !== undefined && !["text", "json", "tool"].includes(as))
    throw new TypeError("write: as must be text, json or tool");
  if (!["whole", "replaced", "half"].includes(torn)) throw new TypeError("write: torn must be whole, replaced or half");
  const given = draft.habit ?? "repeats";
  const habits = (isList(given) ? given : [given]).map((habit) =>
    typeof habit === "string" ? { kind: habit } : habit,
  );
  if (habits.length === 0) throw new TypeError("write: habit must not be an empty list");
  const unknown = habits.find((habit) => !habitNames.includes(habit.kind));
  if (unknown) throw new TypeError(`write: habit must be one of ${habitNames.join(", ")}`);
  return { text, kind, tokens, seed, as, tool, jitter, torn, habits };
}

function isList(habit: Habit | readonly Habit[]): habit is readonly Habit[] {
  return Array.isArray(habit);
}
