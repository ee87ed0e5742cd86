/** What a continued part begins with, and what a model writes alone where nothing is missing. */
export interface ContinuationMarks {
  readonly begin: string;
  readonly end: string;
}

/** What is continued: an answer, one that is JSON, or the arguments of a call of a tool. */
export type ContinuedText = "answer" | "json" | { readonly tool: string };

export interface InstructionOptions {
  /** The end of the answer that the model shall repeat. */
  readonly anchor: string;
  readonly marks: ContinuationMarks;
  readonly what: ContinuedText;
  /** The model has not followed the form before. @default false */
  readonly insist?: boolean;
}

/** Marks that don't stand in the text. */
export function marksFor(text: string): ContinuationMarks {
  for (let number = 1; ; number++) {
    const suffix = number === 1 ? "" : ` ${number}`;
    const marks = { begin: `<<<CONTINUE${suffix}>>>`, end: `<<<COMPLETE${suffix}>>>` };
    if (!text.includes(marks.begin) && !text.includes(marks.end)) return marks;
  }
}

/** The user message that asks for the rest of an answer. */
export function instructionFor({ anchor, marks, what, insist = false }: InstructionOptions): string {
  const repeated = `<end>${anchor}</end>`;
  if (insist) {
    return `${namesOf(what).kind} is still cut off. Your reply must start with ${marks.begin} and then exactly the text between the end tags:
${repeated}
After it, only what comes next. No other words before or between. If nothing is missing, reply only ${marks.end}.`;
  }
  const { kind, form } = namesOf(what);
  return `${kind} was cut off by a length limit. Continue it. Start with ${marks.begin} and a line break, then repeat its end exactly, which is the text between these tags:
${repeated}
Then go straight on with ${form}. No comments, no new code fence, and nothing else repeated. If nothing is missing, reply only ${marks.end}.`;
}

function namesOf(what: ContinuedText): { readonly kind: string; readonly form: string } {
  if (what === "answer") return { kind: "Your last message", form: "what comes next, from the very next character" };
  const form = "the rest of this JSON, as plain text, from the very next character until it is closed";
  if (what === "json") return { kind: "Your last message, a JSON text,", form };
  return { kind: `Your last message, the JSON of the arguments of a call of the tool ${what.tool},`, form };
}
