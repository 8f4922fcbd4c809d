/**
 * Calls of the functions over the bitmaps of a row of `coverage`; the migration coverage_functions defines them and their
 * comments describe them. PostgreSQL inlines them, so they cost what their expression costs.
 */

/** @param row alias of the table */
export const confirmedEmpty = (row: string): string =>
  `coverage_confirmed_empty(${row}.filled_slots, ${row}.empty_slots, ${row}.lost_slots, ${row}.corrupt_slots, ${row}.as_usual)`;

/** Neither filled, corrupt nor confirmed empty. */
export const openSlots = (row: string): string =>
  `coverage_open(${row}.filled_slots, ${row}.empty_slots, ${row}.lost_slots, ${row}.corrupt_slots, ${row}.as_usual)`;
