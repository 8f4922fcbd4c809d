import { describe, expect, it } from 'vitest';
import { eventText, heartbeatText, placeOf } from './sse.js';

describe('an event id', () => {
  it('is a transaction and a row, and parses back to the same place', () => {
    const place = { xid: 18_446_744_073_709_551_615n, id: 9_223_372_036_854_775_807n };
    const text = eventText('bars', place, '{}');
    expect(text).toBe('id: 18446744073709551615-9223372036854775807\nevent: bars\ndata: {}\n\n');
    expect(placeOf(/^id: (.*)$/m.exec(text)![1]!)).toEqual(place);
    expect(heartbeatText({ xid: 7n, id: 0n })).toBe(': heartbeat\nid: 7-0\n\n');
  });

  it.each(['', '7', '7-', '-7', 'a-b', '1-2-3', ' 1-2', '99999999999999999999-1', '1-9999999999999999999'])(
    'is not %j',
    (id) => {
      expect(placeOf(id)).toBeNull();
    },
  );
});
