import { type LogPlace } from '../../db/repositories/read/bar-change-log.js';

/** Event ids of the stream: a transaction and a row of the log of changes, such as `48211-907`. */
export const EVENT_ID = /^(\d{1,20})-(\d{1,19})$/;

/** xid8 has 64 bits without a sign, bigint 63 and one. */
const MAX_XID = 2n ** 64n - 1n;
const MAX_ROW = 2n ** 63n - 1n;

/** The place that an event id names; null when it is none. */
export function placeOf(id: string): LogPlace | null {
  const [, xid, row] = EVENT_ID.exec(id) ?? [];
  if (xid === undefined || row === undefined) return null;
  const place = { xid: BigInt(xid), id: BigInt(row) };
  return place.xid <= MAX_XID && place.id <= MAX_ROW ? place : null;
}

const idOf = ({ xid, id }: LogPlace): string => `${xid}-${id}`;

/** One event as it is sent (HTML standard, section 9.2). @param data JSON: it holds no line break */
export const eventText = (name: string, place: LogPlace, data: string): string =>
  `id: ${idOf(place)}\nevent: ${name}\ndata: ${data}\n\n`;

/** Keeps the connection alive, and moves the client's last event id on: it fires no event. */
export const heartbeatText = (place: LogPlace): string => `: heartbeat\nid: ${idOf(place)}\n\n`;

/** How long a client waits before it connects again, ms. */
export const retryText = (ms: number): string => `retry: ${ms}\n\n`;
