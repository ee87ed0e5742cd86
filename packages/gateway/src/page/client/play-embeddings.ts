import { byId, element } from "./element.js";
import { likenesses, mostAlike } from "./likeness.js";
import { playWhole, reportOf } from "./play-call.js";
import type { PlayModel } from "./play-model.js";
import { setUpTask } from "./play-task.js";

interface Answer {
  readonly data: readonly { readonly embedding: readonly number[] }[];
}

const MOST_TEXTS = 6;

/** How alike a few texts are. */
export function setUpEmbeddings(model: PlayModel): void {
  const field = byId("embedding-texts", HTMLTextAreaElement);
  const limit = byId("embedding-limit", HTMLElement);
  const result = byId("embedding-result", HTMLElement);

  setUpTask("embedding", async (signal, tell) => {
    const texts = field.value.split("\n").flatMap((line) => (line.trim() === "" ? [] : [line.trim()]));
    limit.replaceChildren();
    if (texts.length < 2 || texts.length > MOST_TEXTS) {
      return tell(
        `Give two to six texts, each on a line of its own: now there ${texts.length === 1 ? "is 1" : `are ${texts.length}`}.`,
      );
    }
    const chosen = await model.chosen(limit);
    if (chosen === undefined) return;
    tell("comparing");
    const played = await playWhole<Answer>("embeddings", { model: chosen.id, input: texts }, tell, signal);
    tell("");
    if (played.ok) {
      show(
        texts,
        played.body.data.map(({ embedding }) => embedding),
        `${chosen.id} · ${reportOf(played.response, model.tier())}`,
      );
    } else {
      result.replaceChildren();
      await model.refuse(limit, played.trouble);
    }
    await model.refresh();
  });
  const show = (texts: readonly string[], vectors: readonly (readonly number[])[], report: string): void => {
    const matrix = likenesses(vectors);
    const best = mostAlike(matrix);
    result.replaceChildren(
      element(
        "p",
        { class: "alike" },
        best === undefined
          ? ""
          : `Most alike: ${best.one + 1} and ${best.other + 1}, likeness ${best.value.toFixed(2)}`,
      ),
      element(
        "div",
        { class: "scroll", role: "region", "aria-label": "Likeness of each text to each", tabindex: 0 },
        table(texts, matrix),
      ),
      element("p", { class: "soft report" }, report),
    );
  };
}

function table(texts: readonly string[], matrix: readonly (readonly number[])[]): HTMLElement {
  const heads = texts.map((_, index) => element("th", { scope: "col" }, String(index + 1)));
  const rows = texts.map((text, index) =>
    element(
      "tr",
      {},
      element("th", { scope: "row", class: "matrix-text" }, `${index + 1}. ${text}`),
      ...(matrix[index] ?? []).map((value) => {
        const cell = element("td", {}, value.toFixed(2));
        cell.style.background = `color-mix(in srgb, var(--accent) ${Math.round(Math.max(0, value) * 38)}%, var(--card))`;
        return cell;
      }),
    ),
  );
  const head = element("thead", {}, element("tr", {}, element("th", { scope: "col" }, "Text"), ...heads));
  return element("table", { class: "matrix" }, head, element("tbody", {}, ...rows));
}
