import type { Backfill } from '../../lib/api/types';
import { useProviderName } from '../../lib/use-provider-name';

type Wait = NonNullable<NonNullable<Backfill['progress']>['waitsFor']>;

/** Which provider's rate limit is waited for: "waits for CoinGecko: one request every 3 s". */
export function RateWait({ provider, secondsPerRequest }: Pick<Wait, 'provider' | 'secondsPerRequest'>) {
  const nameOf = useProviderName();
  return (
    <>
      waits for {nameOf(provider)}: one request every {Number(secondsPerRequest.toFixed(1))}&nbsp;s
    </>
  );
}
