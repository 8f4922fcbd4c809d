import { expect, it } from 'vitest';
import { AssetChangeSchema, FollowRequestSchema, SourceChangeSchema } from './follow.schema.js';

it('says which values there are, and which one may be meant', () => {
  const provider = FollowRequestSchema.safeParse({ symbols: ['SPY'], provider: 'yaho' });
  expect(provider.error?.issues).toMatchObject([
    { path: ['provider'], message: 'must be one of yahoo, coingecko, alpaca, coinbase; did you mean yahoo?' },
  ]);
  const status = AssetChangeSchema.safeParse({ status: 'pause' });
  expect(status.error?.issues).toMatchObject([
    { path: ['status'], message: 'must be one of active, paused, retired; did you mean paused?' },
  ]);
  const role = SourceChangeSchema.safeParse({ role: 'served' });
  expect(role.error?.issues).toMatchObject([
    { path: ['role'], message: 'must be one of serve, check; did you mean serve?' },
  ]);
});
