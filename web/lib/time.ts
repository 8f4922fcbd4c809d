/** Instants as text in a zone: a market's own, never the browser's. */
const LOCALE = 'en-GB';

const STYLES = {
  /** 09:41:07 */
  clock: { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' },
  /** 09:41 */
  minute: { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  /** Fri 20 Nov */
  day: { weekday: 'short', day: 'numeric', month: 'short' },
  /** 20 Nov 2026 */
  date: { day: 'numeric', month: 'short', year: 'numeric' },
  /** 20/11/2026 */
  digits: { day: '2-digit', month: '2-digit', year: 'numeric' },
  /** Fri */
  weekday: { weekday: 'short' },
  /** GMT+1, EST */
  zone: { timeZoneName: 'short', hour: '2-digit' },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;

type Style = Exclude<keyof typeof STYLES, 'zone'>;

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(style: keyof typeof STYLES, timeZone: string): Intl.DateTimeFormat {
  const key = `${style} ${timeZone}`;
  let format = formats.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat(style === 'zone' ? 'en-US' : LOCALE, { ...STYLES[style], timeZone });
    formats.set(key, format);
  }
  return format;
}

/** The first format takes a browser 20 to 50 ms: in a task of its own, before a response is rendered, nobody notices. */
export const warmUpTimes = (): void => void formatOf('clock', 'UTC');

/** @param instant epoch ms or ISO 8601 */
export const formatTime = (instant: number | string, style: Style, timeZone: string): string =>
  formatOf(style, timeZone).format(typeof instant === 'string' ? Date.parse(instant) : instant);

/** Short name of the zone at an instant: EST, EDT, GMT+1. */
export function zoneName(instant: number, timeZone: string): string {
  const part = formatOf('zone', timeZone)
    .formatToParts(instant)
    .find(({ type }) => type === 'timeZoneName');
  return part?.value ?? timeZone;
}

/** Whether a text is a date that exists, YYYY-MM-DD. */
export function isDate(text: string): boolean {
  const ms = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : Number.NaN;
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text);
}

/** A date in words: Fri 20 Nov 2026. @param date YYYY-MM-DD */
export function nameOfDate(date: string): string {
  const midnight = `${date}T00:00:00Z`;
  return `${formatTime(midnight, 'weekday', 'UTC')} ${formatTime(midnight, 'date', 'UTC')}`;
}

/** Years have four digits in the API, also where the day after a time is asked for. */
const [EARLIEST, LATEST] = [Date.parse('0000-01-01'), Date.parse('9999-12-31')];

/** Epoch ms of a time that the API can be asked about; NaN of any other text. */
export function epochOf(text: string): number {
  const ms = Date.parse(text);
  return ms >= EARLIEST && ms < LATEST ? ms : Number.NaN;
}
