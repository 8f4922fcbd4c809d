import type { ProviderId } from '../config/catalog/providers.js';
import type { BackfillPlan } from '../contracts/activities.js';
import type { RateWait } from '../contracts/queries.js';

/** A single request has nothing to wait for but its response. */
const FEW = 1;
/** Where requests may be closer to each other, it is their responses and the storing of them that take the time. */
const NOTICEABLE_SECONDS = 1;

/** The requests of a page that wait for the rate limits of their providers. */
export class RateWaits {
  private readonly left = new Map<ProviderId, number>();
  private readonly secondsPerRequest: NonNullable<BackfillPlan['secondsPerRequest']>;

  constructor({ requests, secondsPerRequest = {} }: Pick<BackfillPlan, 'requests' | 'secondsPerRequest'>) {
    this.secondsPerRequest = secondsPerRequest;
    for (const { provider } of requests) this.left.set(provider, (this.left.get(provider) ?? 0) + 1);
  }

  /** Counts a request until its extract has ended. @returns the promise itself, so that nothing happens later for being counted */
  during<T>(provider: ProviderId, extract: Promise<T>): Promise<T> {
    const end = () => void this.left.set(provider, (this.left.get(provider) ?? 0) - 1);
    extract.then(end, end);
    return extract;
  }

  /** The wait that takes longest; the providers are waited for at the same time. Null if there is none. */
  get longest(): RateWait | null {
    const waits = [...this.left].flatMap(([provider, requests]): RateWait[] => {
      const secondsPerRequest = this.secondsPerRequest[provider];
      if (secondsPerRequest === undefined || secondsPerRequest < NOTICEABLE_SECONDS || requests <= FEW) return [];
      return [{ provider, requests, secondsPerRequest }];
    });
    const lasting = ({ requests, secondsPerRequest }: RateWait) => requests * secondsPerRequest;
    return waits.toSorted((a, b) => lasting(b) - lasting(a))[0] ?? null;
  }
}
