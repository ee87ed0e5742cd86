import { describe, it } from "vitest";
import { CUT_PROTOCOLS, CUT_STREAMS, expectEnds } from "../testing/cut-upstream.js";

describe.each(CUT_PROTOCOLS)("a stream of %s", (...protocol) => {
  it.each(CUT_STREAMS)(
    "of %s, where the upstream %s, ends as the protocol says, after each event and within it",
    (name, how) => expectEnds(protocol, name, how, "events"),
  );
});
