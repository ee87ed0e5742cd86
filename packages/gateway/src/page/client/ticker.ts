/** The gateway's clock, as far as this page knows it. */
let aheadMs = 0;

export function setClock(ahead: number): void {
  aheadMs = ahead;
}

export function gatewayNow(): number {
  return Date.now() + aheadMs;
}

const texts = new Map<Element, () => string>();

/** An element whose text is made anew each second, for as long as it stands in the page. */
export function ticking<Made extends Element>(made: Made, text: (now: number) => string): Made {
  const write = (): string => text(gatewayNow());
  made.textContent = write();
  texts.set(made, write);
  return made;
}

/** Begins to tick. */
export function startTicking(): void {
  setInterval(() => {
    for (const [made, write] of texts) {
      if (!made.isConnected) {
        texts.delete(made);
        continue;
      }
      const text = write();
      if (made.textContent !== text) made.textContent = text;
    }
  }, 250);
}
