import type { PlayModels } from "./create-play-models.js";
import type { Task } from "./create-task.js";
import { playWhole, reportOf } from "./play-call.js";

/** A call that is answered as a whole, and what is shown of its answer. */
export interface Play<Body, Result> {
  readonly path: string;
  /** Of its body all but the model. */
  readonly input: object;
  /** What goes on, in words: `drawing`. */
  readonly words: string;
  /** @param report which model it was and what it cost, in a line */
  toResult(answer: Body, report: string): Result;
}

/** Asks the chosen model once, as a task. Where it does not answer, the models know why. */
export async function playOnce<Body, Result>(
  task: Task<Result>,
  models: PlayModels,
  unit: string,
  { path, input, words, toResult }: Play<Body, Result>,
): Promise<void> {
  models.forget();
  await task.run(async (signal, tell) => {
    const chosen = await models.ready();
    if (chosen === undefined) return undefined;
    tell(words);
    const played = await playWhole<Body>(path, { model: chosen.id, ...input }, tell, signal);
    if (!played.ok) {
      await models.refuse(played.trouble);
      return undefined;
    }
    return toResult(played.body, reportOf(chosen.id, played.response, unit));
  });
  await models.refresh();
}
