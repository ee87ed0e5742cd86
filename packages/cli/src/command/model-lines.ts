import type { Laplas, Model, ModelStatus } from "@laplas/core";
import { costWords, counted, providerOf, whole } from "@laplas/gateway/bodies";
import { paint } from "../terminal/paint.js";
import { fields, table } from "../terminal/table.js";
import { callsLeft } from "./calls-left.js";
import { costText } from "./cost-text.js";

/** The call that models are compared by. */
export const CALL = '"Hello", a short one';
/** What a price rests on, in a few words. */
export const BASES = "what the newest calls did, or else by published figures";

/** What a figure rests on, in words. */
const BASIS: Readonly<Record<ModelStatus["costBasis"], string>> = {
  settled: "settled: what the newest calls have cost",
  published: "published: what this very call is documented to cost",
  inferred: "inferred: the rates are known or follow from published figures",
  assumed: "assumed: nobody has published a price",
};

/** Models side by side, a line for each. */
export function modelTable(
  laplas: Pick<Laplas, "providers" | "provider">,
  models: readonly ModelStatus[],
  room: number,
): string[] {
  const isPool = laplas.providers.length > 1;
  const isAsked = models.some(({ obeyed }) => obeyed !== undefined);
  return table(
    [
      { title: "MODEL" },
      { title: "KIND", spare: 2 },
      { title: "CALLS LEFT", align: "right" },
      { title: "PER CALL", align: "right", spare: 1 },
      { title: "AT MOST", align: "right", spare: 5 },
      { title: "CONTEXT", align: "right", spare: 3 },
      ...(isAsked ? [{ title: "OBEYED", align: "right", spare: 6 } as const] : []),
      { title: "VENDOR", spare: 4 },
    ],
    models.map((model) => [
      model.id,
      model.modality,
      callsLeft(laplas, model),
      // Each provider counts in a unit of its own.
      isPool ? costWords(model.costPerCall, { name: unitName(laplas, model) }) : amount(model.costPerCall),
      model.worstCostPerCall > model.costPerCall ? amount(model.worstCostPerCall) : "",
      model.contextTokens === undefined ? "" : whole(model.contextTokens),
      ...(isAsked ? [model.obeyed === undefined ? "" : `${model.obeyed.obeyed}/${model.obeyed.asked}`] : []),
      paint("dim", model.vendor),
    ]),
    room,
  );
}

/** What costs a fraction does not cost nothing. */
function amount(count: number): string {
  return count > 0 && count < 10 ? count.toFixed(1).replace(/\.0$/, "") : whole(count);
}

/** One model, with all that is known of it. */
export function modelLines(laplas: Laplas, model: ModelStatus, columns: number): string[] {
  const unit = unitName(laplas, model);
  const { id, aliases, label, vendor, modality, costPerCall, worstCostPerCall, costBasis, rates } = model;
  return [
    paint("bold", id),
    "",
    ...fields(
      [
        ["Name", label],
        ["Vendor", vendor],
        ["Kind", modality],
        ...(aliases.length === 0 ? [] : [["Also", aliases.join(", ")] as const]),
        ["Calls left", callsLeft(laplas, model)],
        ["Per call", `${costText({ expected: costPerCall, worst: worstCostPerCall, unit })}: ${CALL}`],
        ["", paint("dim", BASIS[costBasis])],
        ...(rates === undefined
          ? []
          : [
              ["Rates", `${rates.input} in, ${rates.output} out: ${unit} per model token`] as const,
              ["", paint("dim", rates.evidence)] as const,
            ]),
        ...(model.contextTokens === undefined
          ? []
          : [["Context", `${whole(model.contextTokens)} model tokens`] as const]),
        ...obeyedText(model),
        ...abilities(model),
      ],
      columns,
    ),
  ];
}

/** Whether long answers are continued well: a model that does not repeat its end as asked is given up after the second time. */
function obeyedText({ obeyed: counts }: ModelStatus): (readonly [string, string])[] {
  if (counts === undefined) return [];
  const { asked, obeyed } = counts;
  return [["Goes on", `as asked ${whole(obeyed)} of ${counted(asked, "time")} that its answer was cut and continued`]];
}

function abilities(model: Model): (readonly [string, string])[] {
  switch (model.modality) {
    case "chat": {
      const { tools, streaming, systemRole, responseFormat, reasoning } = model.capabilities;
      const names = { tools, streaming, "system messages": systemRole, "response format": responseFormat, reasoning };
      const documented = Object.entries(names).flatMap(([name, is]) => (is ? [name] : []));
      return [["Documented", documented.join(", ") || "nothing beyond text"]];
    }
    case "embedding": {
      const { input, dimensions, maxCharacters } = model.embedding;
      return [
        ["Takes", input === "strings" ? "many texts at once" : "one text at a time"],
        ...(dimensions === undefined ? [] : [["Vector", `${whole(dimensions)} numbers`] as const]),
        ...(maxCharacters === undefined ? [] : [["Longest", `${whole(maxCharacters)} characters`] as const]),
      ];
    }
    case "image": {
      const { sizes, sidePixels, defaultSize, referenceImage } = model.image;
      const bounds = sidePixels === undefined ? "" : `${sidePixels.min} to ${sidePixels.max} pixels a side`;
      return [
        ["Sizes", sizes?.join(", ") ?? (bounds || "one")],
        ...(defaultSize === undefined ? [] : [["Draws", `${defaultSize} when no size is given`] as const]),
        ...(referenceImage === "required" ? [["Needs", "a picture to draw from"] as const] : []),
      ];
    }
  }
}

function unitName(laplas: Pick<Laplas, "providers" | "provider">, { provider }: ModelStatus): string {
  return providerOf(laplas, provider).tier.unit.name;
}
