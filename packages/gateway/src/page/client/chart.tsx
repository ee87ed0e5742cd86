import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { paceNow } from "./budget.js";
import { type DrawnChart, drawBars, drawLevel } from "./chart-scale.js";
import { costWords } from "./cost.js";
import { type Column, type DayUse, dayUse, HOUR_MS, OTHERS, usedElsewhere } from "./day-use.js";
import { counted, sentence, short, timeOfDay, whole } from "./format.js";
import type { State } from "./state.js";
import { gatewayNow } from "./ticker.js";
import { windowOf } from "./windows.js";

/** The use of each hour by model: of a day as what it took off the budget, and else as bars. */
export function Chart({ state }: { readonly state: State }): JSX.Element {
  const { about, quota, hours, calls } = state;
  // Costs in the units of several providers have no sum.
  const isPool = about?.providers !== undefined;
  const unit = isPool ? "calls" : (about?.tier.unit ?? "");
  const day = isPool
    ? undefined
    : quota?.windows.find(
        ({ rule, metric }) => metric === about?.tier.metric && windowOf(about?.tier, rule)?.is_day === true,
      );
  const now = gatewayNow();
  const resetsAt = day === undefined ? undefined : Date.parse(day.resets_at);
  const use = dayUse(hours, now, resetsAt, isPool ? "calls" : "cost");
  const elsewhere = day === undefined ? 0 : usedElsewhere(use, day.used);
  const drawn = day === undefined ? drawBars(use, now) : drawLevel(use, { ...day, now, pace: paceNow(calls, day) });
  const sum = use.columns.reduce((total, { cost }) => total + cost, 0);
  return (
    <figure class="chart" aria-labelledby="chart-title">
      <figcaption>
        <div class="head">
          <h2 id="chart-title">
            {day === undefined ? sentence(`${unit} of the last 24 hours`) : `Today's ${unit}, by the hour`}
          </h2>
          <p>{sum === 0 ? `No ${unit} yet` : `${whole(sum)} through this gateway`}</p>
        </div>
        <Legend use={use} elsewhere={elsewhere} />
      </figcaption>
      <Plot
        use={use}
        drawn={drawn}
        unit={unit}
        now={now}
        resetsAt={resetsAt}
        isDoubted={day !== undefined && (quota?.payment_required === true || quota?.blocked_until != null)}
      />
    </figure>
  );
}

function Legend({
  use: { columns, series },
  elsewhere,
}: {
  readonly use: DayUse;
  readonly elsewhere: number;
}): JSX.Element | null {
  if (series.length === 0 && elsewhere === 0) return null;
  const totals = series.map((_, index) => columns.reduce((total, { parts }) => total + (parts[index]?.cost ?? 0), 0));
  return (
    <ul class="legend">
      {series.map((model, index) => (
        <li key={model}>
          <i class={swatch(index, model)} /> <span class={model === OTHERS ? undefined : "mono"}>{model}</span>{" "}
          <b>{short(totals[index] ?? 0)}</b>
        </li>
      ))}
      {elsewhere > 0 && (
        <li title="Other programs used it, or this gateway before it was restarted.">
          <i class="swatch elsewhere" /> used elsewhere <b>{short(elsewhere)}</b>
        </li>
      )}
    </ul>
  );
}

function Plot({
  use,
  drawn,
  unit,
  now,
  resetsAt,
  isDoubted,
}: {
  readonly use: DayUse;
  readonly drawn: DrawnChart;
  readonly unit: string;
  readonly now: number;
  readonly resetsAt: number | undefined;
  /** The provider says that nothing is left, whatever the count is. */
  readonly isDoubted: boolean;
}): JSX.Element {
  const { columns } = use;
  const present = columns.findLastIndex(({ from }) => from <= now);
  const [pointed, setPointed] = useState<number | undefined>(undefined);
  const [focused, setFocused] = useState(present);
  const [hasFocus, setHasFocus] = useState(false);
  const shown = pointed ?? (hasFocus ? focused : undefined);
  const last = columns.length - 1;
  const keys: Readonly<Record<string, number>> = {
    ArrowLeft: focused - 1,
    ArrowDown: focused - 1,
    ArrowRight: focused + 1,
    ArrowUp: focused + 1,
    Home: 0,
    End: last,
  };
  const column = columns[focused];
  return (
    <div class="plot-frame">
      <div class="scale" aria-hidden="true">
        {[1, 0.5, 0].map((share) => (
          <span key={share}>{short(drawn.top * share)}</span>
        ))}
      </div>
      <div
        class={["plot", resetsAt === undefined ? "" : "tank", isDoubted ? "doubted" : ""].filter(Boolean).join(" ")}
        role="slider"
        tabIndex={0}
        aria-label={`${sentence(unit)} by the hour`}
        aria-orientation="horizontal"
        aria-valuemin={0}
        aria-valuemax={last}
        aria-valuenow={focused}
        aria-valuetext={column === undefined ? "" : spoken(column, use, drawn, unit, focused)}
        onKeyDown={(event) => {
          const next = keys[event.key];
          if (next === undefined) return;
          event.preventDefault();
          const within = Math.max(0, Math.min(last, next));
          setFocused(within);
          setPointed(undefined);
        }}
        onFocus={() => setHasFocus(true)}
        onBlur={() => setHasFocus(false)}
        onPointerMove={({ currentTarget, clientX }) => {
          const { left, width } = currentTarget.getBoundingClientRect();
          setPointed(Math.max(0, Math.min(last, Math.floor(((clientX - left) / width) * columns.length))));
        }}
        onPointerLeave={() => setPointed(undefined)}
      >
        {drawn.elsewhere > 0 && (
          <div class="elsewhere-band" style={{ width: `${drawn.nowAt}%`, height: `${drawn.elsewhere}%` }} />
        )}
        {drawn.columns.map(({ blocks, level }, index) => {
          // Of the present hour there is as much as is over.
          const width = index === present ? drawn.present : 100;
          return (
            <div key={columns[index]?.from} class={columnLook(index, present, shown, blocks.length)}>
              {level !== undefined && <div class="level" style={{ height: `${level}%`, width: `${width}%` }} />}
              {blocks.map(({ series, from, height }) => (
                <div
                  key={series}
                  class={`block ${swatch(series, use.series[series])}`}
                  style={{ bottom: `${from}%`, height: `${height}%`, width: `${Math.max(30, width * 0.8)}%` }}
                />
              ))}
            </div>
          );
        })}
        <PaceMark drawn={drawn} present={present} />
        {shown !== undefined && columns[shown] !== undefined && (
          <Values column={columns[shown]} index={shown} use={use} drawn={drawn} unit={unit} />
        )}
      </div>
      <div class="hours" aria-hidden="true">
        {columns.map(({ from }, index) => (index % 3 === 0 ? <span key={from}>{timeOfDay(from)}</span> : undefined))}
        {resetsAt !== undefined && <span class="reset">reset</span>}
      </div>
    </div>
  );
}

function columnLook(index: number, present: number, shown: number | undefined, blocks: number): string {
  const time = index === present ? "now" : index > present ? "later" : "was";
  return ["column", blocks === 0 ? "none" : "", time, index === shown ? "shown" : ""].filter(Boolean).join(" ");
}

/** The present as the logo's dot, and a dashed line to where the pace leads. */
function PaceMark({ drawn, present }: { readonly drawn: DrawnChart; readonly present: number }): JSX.Element | null {
  const level = drawn.columns[present]?.level;
  if (level === undefined) return null;
  const { nowAt, pace } = drawn;
  return (
    <>
      {pace !== undefined && (
        <svg class="pace-line" viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
          <line x1={nowAt} y1={100 - level} x2={pace.x} y2={100 - pace.y} vector-effect="non-scaling-stroke" />
        </svg>
      )}
      <i class="dot" style={{ left: `${nowAt}%`, bottom: `${level}%` }} />
    </>
  );
}

/** The values of an hour, beside its column. */
function Values({
  column: { from, cost, calls, parts },
  index,
  use: { series, columns },
  drawn,
  unit,
}: {
  readonly column: Column;
  readonly index: number;
  readonly use: DayUse;
  readonly drawn: DrawnChart;
  readonly unit: string;
}): JSX.Element {
  const left = drawn.columns[index]?.left;
  return (
    <div
      class={index > columns.length / 2 ? "values before" : "values"}
      style={{ "--at": `${((index + 0.5) / columns.length) * 100}%` }}
      aria-hidden="true"
    >
      <b>
        {timeOfDay(from)}–{timeOfDay(from + HOUR_MS)}
      </b>
      <span>
        {costWords(cost, unit)}
        {unit !== "calls" && `, ${counted(calls, "call")}`}
      </span>
      {parts.map((part, place) =>
        part.calls === 0 ? undefined : (
          <span key={series[place]}>
            <i class={swatch(place, series[place])} /> {series[place]} <b>{whole(part.cost)}</b>
          </span>
        ),
      )}
      {left !== undefined && <span class="soft">{whole(left)} left at its end</span>}
    </div>
  );
}

/** The values of an hour as a sentence. */
function spoken(
  { from, cost, calls, parts }: Column,
  { series }: DayUse,
  drawn: DrawnChart,
  unit: string,
  index: number,
): string {
  const left = drawn.columns[index]?.left;
  const models = parts.flatMap((part, place) => (part.calls === 0 ? [] : [`${series[place]} ${whole(part.cost)}`]));
  return [
    `${timeOfDay(from)}: ${costWords(cost, unit)}`,
    ...(unit === "calls" ? [] : [counted(calls, "call")]),
    ...models,
    ...(left === undefined ? [] : [`${whole(left)} left at its end`]),
  ].join(", ");
}

function swatch(index: number, model: string | undefined): string {
  return model === OTHERS ? "swatch others" : `swatch series-${index}`;
}
