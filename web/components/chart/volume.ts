import type { Bars } from '../../lib/api/types';

/** Whether the provider sends volumes with these bars; true while there are no bars. */
export const hasVolume = ({ bars }: Pick<Bars, 'bars'>): boolean =>
  bars.length === 0 || bars.some(({ volume }) => volume !== null);
