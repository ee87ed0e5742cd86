import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";

/** A place that a function fills. */
export function Drawn({
  draw,
  id,
}: {
  readonly draw: (place: HTMLElement) => void;
  readonly id?: string;
}): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (place.current !== null) draw(place.current);
  });
  return <div ref={place} id={id} />;
}
