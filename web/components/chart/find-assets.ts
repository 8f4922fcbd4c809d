import type { Asset } from '../../lib/api/types';

const RANK = { symbolStart: 0, nameStart: 1, match: 2, none: 3 } as const;

/** Finds assets by part of their symbol or name: first by start of symbol, then by start of name, then by any match. */
export function findAssets<T extends Pick<Asset, 'symbol' | 'name'>>(assets: readonly T[], text: string): T[] {
  const wanted = text.trim().toLowerCase();
  const rank = ({ symbol, name }: T): number => {
    if (symbol.toLowerCase().startsWith(wanted)) return RANK.symbolStart;
    if (name.toLowerCase().startsWith(wanted)) return RANK.nameStart;
    const isMatch = symbol.toLowerCase().includes(wanted) || name.toLowerCase().includes(wanted);
    return isMatch ? RANK.match : RANK.none;
  };
  return assets.filter((asset) => rank(asset) < RANK.none).sort((a, b) => rank(a) - rank(b));
}
