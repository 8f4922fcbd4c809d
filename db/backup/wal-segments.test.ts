import { describe, expect, it } from 'vitest';
import { isSegment, segmentAfter, segmentAt } from './wal-segments.js';

const MIB = 1024 ** 2;

describe('segments of the write-ahead log', () => {
  it('are named by timeline and position, as by pg_walfile_name', () => {
    expect(segmentAt('0/2000028', 1, 16 * MIB)).toBe('000000010000000000000002');
    expect(segmentAt('A/FF000000', 18, 16 * MIB)).toBe('000000120000000A000000FF');
    expect(segmentAt('A/FF000000', 1, MIB)).toBe('000000010000000A00000FF0');
  });

  it('follow one another, from one unit of 4 GiB to the next', () => {
    expect(segmentAfter('000000010000000000000009', 16 * MIB)).toBe('00000001000000000000000A');
    expect(segmentAfter('00000001000000FE000000FF', 16 * MIB)).toBe('00000001000000FF00000000');
    expect(segmentAfter('00000001000000FE000000FF', MIB)).toBe('00000001000000FE00000100');
  });

  it('differ from the other files that PostgreSQL archives', () => {
    expect(isSegment('00000001000000FE000000FF')).toBe(true);
    expect(isSegment('00000002.history')).toBe(false);
    expect(isSegment('000000010000000000000002.00000028.backup')).toBe(false);
    expect(isSegment('000000010000000000000002.partial')).toBe(false);
  });
});
