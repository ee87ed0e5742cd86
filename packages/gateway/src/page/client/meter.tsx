import type { JSX } from "preact";
import { timeLeft, whole } from "./format.js";
import { Ticking } from "./ticking.js";
import type { QuotaWindow } from "./windows.js";

/** Less than this share of a window is little. */
export const LOW = 0.15;

/** The bar shows what is left, as a fuel gauge does: full at the start; what running calls hold is hatched. */
export function Meter({
  window: { rule, limit, used, held, left, unit },
  isDoubted,
  isNamed = false,
  when = "",
  fullAt,
  children,
}: {
  readonly window: QuotaWindow;
  /** The provider says otherwise. */
  readonly isDoubted: boolean;
  /** Whether a headline says already what is left, and of what. */
  readonly isNamed?: boolean;
  /** `today`. */
  readonly when?: string;
  /** When all of it is back, where something is gone. */
  readonly fullAt?: number | undefined;
  /** How sure the limit is. */
  readonly children?: JSX.Element | undefined;
}): JSX.Element {
  const share = (count: number): string => `${Math.max(0, Math.min(100, (count / limit) * 100))}%`;
  const look = isDoubted ? "meter-left doubted" : left / limit < LOW ? "meter-left low" : "meter-left";
  const full = `${isDoubted ? "By our count " : ""}${whole(left)} of ${whole(limit)} ${unit} left${when === "" ? "" : ` ${when}`}`;
  return (
    <div class="meter">
      {/* biome-ignore lint/a11y/useSemanticElements: the browser's own has one part, and this has two */}
      <div
        class="meter-track"
        role="meter"
        aria-label={`${unit} left, rule ${rule}`}
        aria-valuemin={0}
        aria-valuemax={limit}
        aria-valuenow={Math.floor(left)}
      >
        <div class={look} style={{ width: share(left) }} />
        <div class="meter-held" style={{ width: share(held) }} />
      </div>
      <p class="meter-words">
        <span>{isNamed ? `of ${whole(limit)}` : full}</span>
        <span>{whole(used)} used</span>
        {held > 0 && <span>about {whole(held)} held by running calls</span>}
        {fullAt !== undefined && (
          <span>
            resets in <Ticking text={(now) => timeLeft(fullAt - now)} />
          </span>
        )}
        {children}
        <span>
          rule <code>{rule}</code>
        </span>
      </p>
    </div>
  );
}
