import type { CalendarId } from '../../domain/calendars/calendar.js';

/** What an asset is. */
export const ASSET_KINDS = ['equity', 'etf', 'index', 'fund', 'currency', 'coin'] as const;
export type AssetKind = (typeof ASSET_KINDS)[number];

/** Each class has a family of paths in the API: /api/stocks and /api/crypto. It follows from the kind. */
export const ASSET_CLASSES = ['stock', 'crypto'] as const;
export type AssetClass = (typeof ASSET_CLASSES)[number];

/** Kinds that are traded on a market of their own, and on no exchange. */
export const MARKET_OF_KIND: Readonly<Partial<Record<AssetKind, CalendarId>>> = { currency: '24/5', coin: '24/7' };

export const classOf = (kind: AssetKind): AssetClass => (kind === 'coin' ? 'crypto' : 'stock');

/**
 * Whether runs request an asset: an `active` one is requested; a `paused` one is not, for the time being; a `retired` one is
 * given up. The bars of all are kept and served.
 */
export const ASSET_STATUSES = ['active', 'paused', 'retired'] as const;
export type AssetStatus = (typeof ASSET_STATUSES)[number];

export const statusOf = ({ active, retired }: { active: boolean; retired: boolean }): AssetStatus =>
  active ? 'active' : retired ? 'retired' : 'paused';
