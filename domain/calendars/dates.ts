/** The UTC date of an instant (epoch ms), YYYY-MM-DD. @throws RangeError if the instant is not a finite number */
export const utcDate = (instant: number): string => new Date(instant).toISOString().slice(0, 10);

/** 00:00Z of a date, epoch ms. @throws RangeError if it is not a date of the form YYYY-MM-DD */
export function midnightOf(date: string): number {
  const midnight = Date.parse(`${date}T00:00:00Z`);
  // formatted again, because 2025-02-30 is parsed as 2 March
  if (Number.isNaN(midnight) || utcDate(midnight) !== date) {
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

/** Whether a date, given as 00:00Z, is one of Monday to Friday. */
export function isWeekday(midnight: number): boolean {
  const day = new Date(midnight).getUTCDay(); // 0 is Sunday
  return day !== 0 && day !== 6;
}
