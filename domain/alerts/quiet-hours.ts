/** Hours of the day in which only critical alerts are told. */
export interface QuietHours {
  /** Minutes since midnight; if `from` is not before `to`, they go over midnight. */
  from: number;
  to: number;
  /** IANA name. */
  timeZone: string;
}

const FORM = /^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d) (\S+)$/;

/** @param text such as "22:00-07:00 Europe/Berlin" @returns null if it is not of this form */
export function parseQuietHours(text: string): QuietHours | null {
  const [, h1, m1, h2, m2, timeZone] = FORM.exec(text) ?? [];
  if (timeZone === undefined || !isTimeZone(timeZone)) return null;
  return { from: Number(h1) * 60 + Number(m1), to: Number(h2) * 60 + Number(m2), timeZone };
}

/** @param now wall clock, epoch ms */
export function isQuiet({ from, to, timeZone }: QuietHours, now: number): boolean {
  const [hour, minute] = formatter(timeZone).format(now).split(':').map(Number) as [number, number];
  const time = hour * 60 + minute;
  return from < to ? time >= from && time < to : time >= from || time < to;
}

const formatter = (timeZone: string) =>
  new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });

function isTimeZone(name: string): boolean {
  try {
    formatter(name);
    return true;
  } catch {
    return false;
  }
}
