/** A scanner of the rest of a JSON text. */
export interface JSONText {
  /**
   * The piece with bare control characters in strings as escapes, without what follows the closed root. These are the only repairs. A text
   * that is not valid JSON stays as it is.
   */
  read(piece: string): string;
  /** Whether the root has ended. */
  readonly isClosed: boolean;
}

type Place = "before_root" | "structure" | "string" | "escape" | "closed" | "not_json";

const CLOSERS: Readonly<Record<string, string>> = { "{": "}", "[": "]" };

/** @param begun What has come of the text already; empty where the root, an object or a list, has not begun. */
export function createJSONText(begun: string): JSONText {
  const open: string[] = [];
  let place: Place = "before_root";

  function readStructure(unit: string): Place {
    const closer = CLOSERS[unit];
    if (closer !== undefined) open.push(closer);
    else if (unit === '"') return "string";
    else if (unit === "}" || unit === "]") {
      if (open.pop() !== unit) return "not_json";
      if (open.length === 0) return "closed";
    }
    return "structure";
  }

  function readUnit(unit: string): string {
    switch (place) {
      case "before_root":
        if (unit.trim() !== "") place = CLOSERS[unit] !== undefined ? readStructure(unit) : "not_json";
        return unit;
      case "structure":
        place = readStructure(unit);
        return unit;
      case "string":
        if (unit === '"') place = "structure";
        else if (unit === "\\") place = "escape";
        return unit < " " ? JSON.stringify(unit).slice(1, -1) : unit;
      case "escape":
        // A bare control character here would become part of another escape: it stays, and the text is not valid.
        place = "string";
        return unit;
      case "closed":
        return "";
      case "not_json":
        return unit;
    }
  }

  function read(piece: string): string {
    let passed = "";
    for (let at = 0; at < piece.length; at++) passed += readUnit(piece.charAt(at));
    return passed;
  }

  read(begun);
  return {
    read,
    get isClosed() {
      return place === "closed";
    },
  };
}
