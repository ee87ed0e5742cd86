// Preloaded by a child process: its clock runs on from noon UTC, far from a day's end, in whose last minute a spent day is a wait.
const { now } = Date;
const aheadMs = new Date().setUTCHours(12, 0, 0, 0) - now();

globalThis.Date = class extends Date {
  constructor(...parts) {
    if (parts.length === 0) super(now() + aheadMs);
    else super(...parts);
  }

  static now() {
    return now() + aheadMs;
  }
};
