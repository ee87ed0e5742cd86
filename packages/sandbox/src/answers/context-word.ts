/** What people call a text that is given to answer from, as a part of a regular expression. */
export const contextWord: string =
  "contexts?|documents?|passages?|excerpts?|sources?|information|notes|articles?|texts?|background|data";
