/**
 * How many cases a long test tries: all with `npm run test:long`, a part of them with `npm test`, which must end within
 * minutes.
 */
export const casesOf = (all: number, part: number): number => (process.env.LONG_TESTS ? all : part);

/** The cases of a long test, or of these each nth. */
export const partOf = <T>(all: readonly T[], nth: number): T[] =>
  process.env.LONG_TESTS ? [...all] : all.filter((_, i) => i % nth === 0);
