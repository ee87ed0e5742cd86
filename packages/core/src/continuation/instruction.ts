/** What a continued part begins with, and what a model writes alone where nothing is missing. */
export interface ContinuationMarks {
  readonly begin: string;
  readonly end: string;
}

/** What is continued: an answer, one that is JSON, or the arguments of a call of a tool. */
export type ContinuedText = "answer" | "json" | { readonly tool: string };

export interface InstructionOptions {
  readonly anchor: string;
  readonly marks: ContinuationMarks;
  readonly what: ContinuedText;
  /** The model has not followed the form before. @default false */
  readonly insist?: boolean;
}

/** Marks that don't stand in the text. */
export function marksFor(text: string): ContinuationMarks {
  return { begin: `<<<CONTINUE${text}>>>`, end: "<<<COMPLETE>>>" };
}

/** The user message that asks for the rest of an answer. */
export function instructionFor({ anchor, marks }: InstructionOptions): string {
  return marks.begin + anchor + marks.end;
}
