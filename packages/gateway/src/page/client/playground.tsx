import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { CallsLeft } from "./calls-left.js";
import { byId } from "./element.js";
import { type Playground as SetUp, setUpPlayground } from "./set-up-playground.js";
import type { State } from "./state.js";

/** What the playground is given. */
export interface PlaygroundProps {
  /** All that the gateway told; `about.playground` is `null` where there is none. */
  readonly state: State;
  /** Whether it is looked at. It stays mounted all the same, so that a conversation outlives a look at another view. */
  readonly isShown: boolean;
  /** The model that somebody wants to try: a new object for each wish. */
  readonly wanted: CallsLeft | undefined;
}

/** The view of the playground. */
export function Playground({ state, isShown, wanted }: PlaygroundProps): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  const setUp = useRef<SetUp>(undefined);
  useEffect(() => {
    const body = byId("playground-old", HTMLElement);
    place.current?.append(body);
    body.hidden = false;
    setUp.current = setUpPlayground();
  }, []);
  useEffect(() => {
    setUp.current?.about(state);
  }, [state]);
  useEffect(() => {
    if (isShown && state.about?.playground != null) void setUp.current?.refresh();
  }, [isShown, state.quota, state.calls, state.about]);
  useEffect(() => {
    if (wanted !== undefined) setUp.current?.tryModel(wanted);
  }, [wanted]);
  return <div ref={place} />;
}
