import { type LogPlace } from '../../db/repositories/read/bar-change-log.js';

/**
 * Event ids of the stream: a transaction and a row of the log of changes, such as `48211-907`. By hand: the format takes a
 * line per function, and the heartbeat is a comment with an id, which libraries do not send.
 */
export const EVENT_ID = /^(\d{1,20})-(\d{1,19})$/;

/** xid8 is an unsigned 64-bit integer, bigint a signed one. */
const MAX_XID = 2n ** 64n - 1n;
const MAX_ROW = 2n ** 63n - 1n;

/** The place of an event id; null if it is not a valid id. */
export function placeOf(id: string): LogPlace | null {
  const [, xid, row] = EVENT_ID.exec(id) ?? [];
  if (xid === undefined || row === undefined) return null;
  const place = { xid: BigInt(xid), id: BigInt(row) };
  return place.xid <= MAX_XID && place.id <= MAX_ROW ? place : null;
}

const idOf = ({ xid, id }: LogPlace): string => `${xid}-${id}`;

/** One event (HTML standard, section 9.2). @param data JSON, which has no line breaks */
export const eventText = (name: string, place: LogPlace, data: string): string =>
  `id: ${idOf(place)}\nevent: ${name}\ndata: ${data}\n\n`;

/** Keeps the connection alive and advances the client's last event id, without an event. */
export const heartbeatText = (place: LogPlace): string => `: heartbeat\nid: ${idOf(place)}\n\n`;

/** The time that a client waits before it reconnects. */
export const retryText = (ms: number): string => `retry: ${ms}\n\n`;
