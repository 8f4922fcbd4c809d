/** A count and what it counts, for people: `1 row`, `1,204 rows`. @param many unless it is `one` with an s */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
