import type { Asset } from '../../lib/api/types';

/** Assets by a part of their symbol or name: those whose symbol begins so first, else in the order given. */
export function findAssets<T extends Pick<Asset, 'symbol' | 'name'>>(assets: readonly T[], text: string): T[] {
  const wanted = text.trim().toLowerCase();
  const rank = ({ symbol, name }: T): number => {
    if (symbol.toLowerCase().startsWith(wanted)) return 0;
    if (name.toLowerCase().startsWith(wanted)) return 1;
    return symbol.toLowerCase().includes(wanted) || name.toLowerCase().includes(wanted) ? 2 : 3;
  };
  return assets.filter((asset) => rank(asset) < 3).sort((a, b) => rank(a) - rank(b));
}
