/**
 * A time parameter, epoch ms; null if it is not given.
 * @throws RangeError that names the parameter
 */
export function isoTime(query: URLSearchParams, name: string): number | null {
  const text = query.get(name);
  if (text === null) return null;
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw new RangeError(`${name} must be an ISO time`);
  return time;
}

/** As `isoTime`, but also throws a RangeError if it is not given. */
export function requiredTime(query: URLSearchParams, name: string): number {
  const time = isoTime(query, name);
  if (time === null) throw new RangeError(`${name} is missing: an ISO time`);
  return time;
}
