import { byId, element } from "./element.js";
import { playWhole, reportOf } from "./play-call.js";
import type { PlayModel } from "./play-model.js";
import { setUpTask } from "./play-task.js";

interface AnswerImage {
  readonly url?: string;
}

/** Pictures, the newest first. */
export function setUpImages(model: PlayModel): void {
  const field = byId("image-prompt", HTMLTextAreaElement);
  const limit = byId("image-limit", HTMLElement);
  const result = byId("image-result", HTMLElement);

  setUpTask("image", async (signal, tell) => {
    const prompt = field.value.trim();
    if (prompt === "") return;
    limit.replaceChildren();
    const chosen = await model.chosen(limit);
    if (chosen === undefined) return;
    tell("drawing");
    const body = { model: chosen.id, prompt };
    const played = await playWhole<{ data: readonly AnswerImage[] }>("images/generations", body, tell, signal);
    tell("");
    if (played.ok) {
      const report = `${chosen.id} · ${reportOf(played.response, model.tier())}`;
      result.prepend(...played.body.data.map((image) => figure(image, prompt, report)));
    } else {
      await model.refuse(limit, played.trouble);
    }
    await model.refresh();
  });
}

/** A picture of this gateway is shown; one that only the upstream has is a link, since the page speaks to no other host. */
function figure({ url = "" }: AnswerImage, prompt: string, report: string): HTMLElement {
  const path = /^\/(images\/[\w.]+)$/.exec(url)?.[1];
  const caption = element("figcaption", {}, prompt, element("br"), report);
  if (path !== undefined) return element("figure", {}, element("img", { src: path, alt: prompt }), caption);
  if (!/^https?:/.test(url)) return element("figure", {}, "The picture came in a form that can't be shown.", caption);
  const link = element(
    "a",
    { href: url, target: "_blank", rel: "noopener noreferrer" },
    "Open the picture at the upstream",
  );
  return element("figure", {}, link, caption);
}
