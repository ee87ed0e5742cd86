/** In place of the tokens' table where there is no Node: it has a million bytes. See `imports` in package.json, and request/decode-tokens.ts. */
const none: { readonly bpe_ranks: string } | undefined = undefined;
export default none;
