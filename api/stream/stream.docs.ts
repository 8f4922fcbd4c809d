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
  summary: 'New and corrected bars as they are stored',
  description: `Server-sent events. \`bars\` (BarsEvent): what one load changed in one series. \`ready\` (StreamPlace) comes first:
read what you show after it, and no bar is missed. \`reset\` (StreamPlace) comes in its place where the last event id is
older than what is kept, 24 hours: read again what you show. A client that was cut off goes on by its last event id
and gets each event once, in the order in which they were stored. A line of comment comes every 15 s.`,
  query: StreamQuery,
  headers: {
    'Last-Event-ID': {
      description: 'Id of the last event received: what came after it follows.',
      example: '48211-907',
    },
  },
  ok: null,
  also: { 'text/event-stream': `id: 48211-907\nevent: bars\ndata: ${JSON.stringify(EXAMPLE)}\n\n` },
};
