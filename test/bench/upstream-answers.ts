/** What the mock upstream says, and what every client has to bring back. */
export const ANSWER_TEXT: string =
  "The sky is blue because air scatters short waves of light more than long ones. ".repeat(8);
export const STREAM_WORD = " word";
export const WORDS_PER_STREAM = 512;
export const DIMENSIONS = 1536;
