import type { WindowShape } from "../windows/window.js";
import type { PresetSettings } from "./preset-settings.js";

/** A minute in one of the three shapes that providers give it. */
export function minuteShape(kind: NonNullable<PresetSettings["minute"]>): WindowShape {
  return kind === "calendar" ? { kind, unit: "minute", timeZone: "UTC" } : { kind, spanMs: 60_000 };
}
