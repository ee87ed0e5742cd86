import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";

/** Asks for the token of a client. */
export function TokenForm({
  wrong,
  onToken,
}: {
  readonly wrong: string;
  readonly onToken: (token: string) => void;
}): JSX.Element {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  return (
    <section class="card narrow" aria-labelledby="token-title">
      <h1 id="token-title">This gateway asks for a token</h1>
      <p>Give the one that a program of yours sends as its API key. It is kept in this tab, until you close it.</p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const token = field.current?.value.trim() ?? "";
          if (field.current !== null) field.current.value = "";
          onToken(token);
        }}
      >
        <label for="token-field">Token</label>
        <div class="line">
          <input ref={field} id="token-field" type="password" autocomplete="off" spellcheck={false} required />
          <button type="submit" class="main">
            Open
          </button>
        </div>
        <p class="wrong" role="alert">
          {wrong}
        </p>
      </form>
    </section>
  );
}
