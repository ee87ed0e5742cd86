const PROTOCOLS: readonly string[] = ["http:", "https:", "mailto:"];

/** The address of a link, if it leads to a page or a mailbox: whole, and never one that runs as a program or is part of this page. */
export function safeAddress(href: string): string | undefined {
  if (!URL.canParse(href)) return undefined;
  const { protocol, href: address } = new URL(href);
  return PROTOCOLS.includes(protocol) ? address : undefined;
}
