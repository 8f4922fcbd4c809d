/** PostgreSQL addresses segments in units of 4 GiB: each is as many segments as fit. */
const LOG_BYTES = 2 ** 32;
const HEX_DIGITS = 8;
const SEGMENT = /^([0-9A-F]{8})([0-9A-F]{8})([0-9A-F]{8})$/;

const hex = (number: number): string => number.toString(16).toUpperCase().padStart(HEX_DIGITS, '0');

/** Whether a file of the write-ahead log (WAL) is a whole segment, and not the history of a timeline or of a backup. */
export const isSegment = (name: string): boolean => SEGMENT.test(name);

/**
 * The name of the segment that holds a position of the WAL: 8 hexadecimal digits each of timeline, unit and segment.
 * @param lsn such as "0/2000028"
 * @param segmentBytes the server's wal_segment_size
 */
export function segmentAt(lsn: string, timeline: number, segmentBytes: number): string {
  const [high, low] = lsn.split('/').map((part) => Number.parseInt(part, 16)) as [number, number];
  return `${hex(timeline)}${hex(high)}${hex(Math.floor(low / segmentBytes))}`;
}

/** The segment that follows on the same timeline. */
export function segmentAfter(name: string, segmentBytes: number): string {
  const [timeline, unit, segment] = SEGMENT.exec(name)!
    .slice(1)
    .map((part) => Number.parseInt(part, 16)) as [number, number, number];
  const isLast = segment + 1 === LOG_BYTES / segmentBytes;
  return `${hex(timeline)}${hex(isLast ? unit + 1 : unit)}${hex(isLast ? 0 : segment + 1)}`;
}
