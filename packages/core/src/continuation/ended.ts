/**
 * Why an answer is no longer. `complete`: the model ended it. `max_tokens`: the caller's own limit. `parts`: as many follow-ups as were
 * allowed. `no_proof`: twice nothing showed where a follow-up goes on, or the whole is not the JSON it must be. `repeating`: its end
 * stands in it more than once, as in a loop. `thoughts`: twice nothing visible came, as where a model thinks its limit away. `context`: the next request is too long for
 * the model or the tier. `budget`, `deadline`, `aborted`, `refused`, `failed`: the next request was not answered.
 */
export type Ended =
  | "complete"
  | "max_tokens"
  | "parts"
  | "no_proof"
  | "repeating"
  | "thoughts"
  | "context"
  | "budget"
  | "deadline"
  | "aborted"
  | "refused"
  | "failed";

/**
 * How a part was joined. `first`: it begins the answer. `echo`: it repeated the end that it was asked to repeat. `prefill`: the server
 * goes on behind the text it is given. `unproved`: taken without proof, as `continueSeams: "plain"` allows. `nothing_missing`: the model
 * said that the answer is whole. `none`: not joined.
 */
export type SeamKind = "first" | "echo" | "prefill" | "unproved" | "nothing_missing" | "none";
