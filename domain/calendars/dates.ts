/** The UTC date of an instant (epoch ms), YYYY-MM-DD. @throws RangeError if the instant is not a finite number */
export const utcDate = (instant: number): string => new Date(instant).toISOString().slice(0, 10);

const FORM = /^\d{4}-\d{2}-\d{2}$/;

/** 00:00Z of a date, epoch ms. @throws RangeError if it is not a date of the form YYYY-MM-DD */
export function midnightOf(date: string): number {
  const midnight = Date.parse(`${date}T00:00:00Z`);
  // 2025-02-30 is parsed as 2 March
  if (!FORM.test(date) || new Date(midnight).getUTCDate() !== Number(date.slice(8))) {
    throw new RangeError(`not a date of the form YYYY-MM-DD: ${date}`);
  }
  return midnight;
}

export function isDate(text: string): boolean {
  try {
    midnightOf(text);
    return true;
  } catch {
    return false;
  }
}

/** The weekday of a date, given as 00:00Z: 1 (Monday) to 7. */
export const weekdayOf = (midnight: number): number => new Date(midnight).getUTCDay() || 7;
