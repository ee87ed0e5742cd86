import type { Adjustment } from "../request/adjustment.js";
import { byChoice, type ChoiceReader } from "./by-choice.js";
import type { AnswerTransform, ReportAdjustment } from "./dialect.js";
import { findJson } from "./find-json.js";
import { changeChoices } from "./map-changed.js";

const NOT_JSON: Adjustment = {
  field: "response_format",
  to: "response_format=not_json",
  rule: "dialect",
  changesAnswer: true,
};

/** Answers that were asked for in words to be JSON: without a code fence, and reported where they are none. A stream says them at its end. */
export const jsonInText: AnswerTransform = (reader) => ({
  readAnswer: (answer, report) =>
    changeChoices(reader.readAnswer(answer, report), (choice) => {
      const { content } = choice.message;
      if (typeof content !== "string") return choice;
      return { ...choice, message: { ...choice.message, content: jsonOf(content, choice.finish_reason, report) } };
    }),
  readStream: (report) => byChoice(reader.readStream(report), () => holdText(report)),
});

function holdText(report: ReportAdjustment): ChoiceReader {
  let held: string | undefined;
  return {
    read(choice) {
      const { content, ...delta } = choice.delta ?? {};
      if (typeof content === "string") held = (held ?? "") + content;
      const reason = choice.finish_reason;
      if (held === undefined) return choice;
      if (!reason) return typeof content === "string" ? { ...choice, delta } : choice;
      const said = jsonOf(held, reason, report);
      held = undefined;
      return { ...choice, delta: { ...delta, content: said } };
    },
    end: () => (held === undefined ? undefined : { content: held }),
  };
}

/** A cut answer stays as it is: the reason says so. */
function jsonOf(text: string, reason: string | null, report: ReportAdjustment): string {
  const json = findJson(text);
  if (json === undefined && reason !== "length") report(NOT_JSON);
  return json ?? text;
}
