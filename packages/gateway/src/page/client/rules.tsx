import type { JSX } from "preact";
import type { State } from "./state.js";

/** The rules in words: what is given, and what becomes of more. Of several providers each with whose it is. */
export function Rules({ about }: { readonly about: NonNullable<State["about"]> }): JSX.Element {
  const tiers = about.providers ?? [{ title: "", tier: about.tier }];
  const entries = tiers.flatMap(({ title, tier: { rules } }) =>
    rules.map(({ given, more }) => ({ given: title === "" ? given : `${title}: ${given}`, more })),
  );
  return (
    <section class="card" aria-labelledby="rules-title">
      <h2 id="rules-title">{about.providers === undefined ? "What this tier allows" : "What they allow"}</h2>
      <dl class="rules">
        {entries.length === 0 && (
          <div>
            <dt>Everything: this tier has no rules.</dt>
          </div>
        )}
        {entries.map(({ given, more }) => (
          <div key={given + more}>
            <dt>{given}</dt>
            <dd>{more}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
