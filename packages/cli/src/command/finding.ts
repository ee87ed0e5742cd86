/** What one look found. */
export interface Finding {
  readonly name: string;
  readonly state: "ok" | "warning" | "fault";
  readonly message: string;
  /** How to mend it. */
  readonly remedy?: string;
  /** Whether it may mend itself: the network, a server in trouble. */
  readonly passing?: boolean;
}
