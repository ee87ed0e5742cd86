/**
 * One line of a model table. Rates are API tokens per model token. Where the published "Hello" figures give them exactly
 * (list price in USD per million x 2.1) they are exact; for the other models the sample is spread over 8 prompt and 10
 * completion tokens. A model without either has the rate of its nearest sibling.
 */
export type ChatRow = readonly [
  id: string,
  name: string,
  vendor: string,
  context: number | null,
  input: number,
  output: number,
];
