import type { OperationDocs } from '../openapi/describe.js';
import { type BarsEvent, StreamQuery } from './stream.schema.js';

const EXAMPLE: BarsEvent = {
  symbol: 'SPY',
  timeframe: '1m',
  firstTime: '2026-11-20T20:59:00Z',
  lastTime: '2026-11-20T20:59:00Z',
  inserted: 1,
  updated: 0,
  recordedAt: '2026-11-20T21:00:11.204Z',
  bars: [{ time: '2026-11-20T20:59:00Z', open: 612.1, high: 612.4, low: 612, close: 612.35, volume: 48_211 }],
};

export const streamDocs: OperationDocs = {
  operationId: 'stream',
  summary: 'New and corrected bars, as soon as they are stored',
  description: `Server-sent events. \`bars\` (BarsEvent) holds the changes of one load in one series. \`ready\` (StreamPlace) comes first:
load your data after it, and you will not miss a bar. If the last event id is older than 24 hours, \`reset\` (StreamPlace) comes
instead: load your data again. A client that reconnects resumes at its last event id and gets each event once, in the order
in which the changes were stored. A comment line comes every 15 s.`,
  query: StreamQuery,
  headers: {
    'Last-Event-ID': {
      description: 'Id of the last event received; the stream continues after it.',
      example: '48211-907',
    },
  },
  problems: { 429: ['too-many-streams', 'This address has too many open streams.'] },
  ok: null,
  also: { 'text/event-stream': `id: 48211-907\nevent: bars\ndata: ${JSON.stringify(EXAMPLE)}\n\n` },
};
