export const PROVIDER_NAMES = ['yahoo', 'coingecko', 'alpaca', 'coinbase'] as const;
export type ProviderName = (typeof PROVIDER_NAMES)[number];

export interface Limits {
  perSecond: number;
  atOnce: number;
  minGapMs: number;
  /** How long every request is refused once a limit is broken. */
  penaltyMs: number;
}

/** The limits of the simulated providers per client address. */
export const LIMITS = {
  yahoo: { perSecond: 10, atOnce: 8, minGapMs: 0, penaltyMs: 60_000 },
  coingecko: { perSecond: Infinity, atOnce: Infinity, minGapMs: 1_400, penaltyMs: 7_000 },
  alpaca: { perSecond: 20, atOnce: Infinity, minGapMs: 0, penaltyMs: 20_000 },
  coinbase: { perSecond: 15, atOnce: Infinity, minGapMs: 0, penaltyMs: 1_000 },
} satisfies Record<ProviderName, Limits>;

/** How a client behaves towards one provider. */
export interface Manners {
  requests: number;
  minGapMs: number | null;
  maxPerSecond: number;
  inFlight: number;
  maxInFlight: number;
  limited: number;
  whileBlocked: number;
}

/** Counts a provider's requests and refuses those above its limits. */
export class Gate {
  readonly manners: Manners = {
    requests: 0,
    minGapMs: null,
    maxPerSecond: 0,
    inFlight: 0,
    maxInFlight: 0,
    limited: 0,
    whileBlocked: 0,
  };
  private recent: number[] = [];
  private last: number | null = null;
  private blockedUntil = 0;

  constructor(
    private readonly limits: Limits,
    private readonly wall: () => number,
  ) {}

  /**
   * Call it when a request arrives, and `leave` when it is over.
   * @returns 0 if the request may pass; otherwise how long every request will be refused, ms
   */
  enter(): number {
    const now = this.wall();
    const { manners, limits } = this;
    const gap = this.last === null ? Infinity : now - this.last;
    this.last = now;
    this.recent = [...this.recent.filter((time) => time > now - 1_000), now].slice(-1_000);
    manners.requests += 1;
    manners.inFlight += 1;
    manners.maxInFlight = Math.max(manners.maxInFlight, manners.inFlight);
    manners.maxPerSecond = Math.max(manners.maxPerSecond, this.recent.length);
    if (gap !== Infinity) manners.minGapMs = Math.min(manners.minGapMs ?? gap, gap);
    const blocked = now < this.blockedUntil;
    const broken = this.recent.length > limits.perSecond || manners.inFlight > limits.atOnce || gap < limits.minGapMs;
    if (!blocked && !broken) return 0;
    if (blocked) manners.whileBlocked += 1;
    else this.blockedUntil = now + limits.penaltyMs;
    manners.limited += 1;
    return this.blockedUntil - now;
  }

  leave(): void {
    this.manners.inFlight -= 1;
  }
}

/** More than the number of paths that our clients use. */
const PATHS_KEPT = 200;

/** Counts all requests and their outcomes. */
export class Traffic {
  private requests = 0;
  private readonly paths = new Map<string, number>();
  private readonly statuses = new Map<string, number>();
  readonly gates: Record<ProviderName, Gate>;

  constructor(wall: () => number) {
    const gates = PROVIDER_NAMES.map((name) => [name, new Gate(LIMITS[name], wall)] as const);
    this.gates = Object.fromEntries(gates) as Record<ProviderName, Gate>;
  }

  countRequest(path: string): void {
    this.requests += 1;
    const key = this.paths.has(path) || this.paths.size < PATHS_KEPT ? path : '(others)';
    this.paths.set(key, (this.paths.get(key) ?? 0) + 1);
  }

  /** @param outcome HTTP status, or the fault that left none */
  countOutcome(outcome: number | string): void {
    this.statuses.set(String(outcome), (this.statuses.get(String(outcome)) ?? 0) + 1);
  }

  /** The body of `/__log`. */
  report() {
    const { requests, paths, statuses, gates } = this;
    return {
      requests,
      paths: Object.fromEntries(paths),
      statuses: Object.fromEntries(statuses),
      ...Object.fromEntries(PROVIDER_NAMES.map((name) => [name, gates[name].manners])),
    };
  }
}
