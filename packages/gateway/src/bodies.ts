/**
 * What the gateway, its page and the command `laplas` tell alike: the JSON bodies of the gateway's own paths, each as a function of an
 * engine, and the words for numbers, spans and reasons. It loads no server.
 */
export { isPool, namesInWords, providerOf, providerOfModel, routeNames } from "./provider-of.js";
export { endedWords } from "./recent/ended-words.js";
export { checkBody } from "./routes/check-body.js";
export { costBody, costName } from "./routes/cost-body.js";
export { evidenceWords } from "./routes/evidence-body.js";
export { METRIC_NAMES, perModelRules, quotaBody } from "./routes/quota-body.js";
export { type PoolQuota, readQuota } from "./routes/read-quota.js";
export { DEFAULT_MODELS, usualModel } from "./usual-models.js";
export { apiTokens, clock, costWords, counted, countedIn, duration, until, whole } from "./words.js";
