/** The parameters of a page's address. */
export type Parameters = Pick<URLSearchParams, 'get'>;

/** What each parameter of an address can name. */
export type Vocabulary = Readonly<Record<string, (item: string) => boolean>>;

/** For a parameter that names one of these. */
export const isOneOf =
  (names: readonly string[]) =>
  (item: string): boolean =>
    names.includes(item);

/** The items of a parameter, which commas separate, each once. */
export const listOf = (text: string | null): string[] => [...new Set(text?.split(',').filter(Boolean))];

/** The items of an address that name nothing, by their parameter: a page leaves them out, and must not do so silently. */
export function unknownIn(parameters: Parameters, vocabulary: Vocabulary): Map<string, string[]> {
  const lists = Object.entries(vocabulary).map(
    ([name, isKnown]) => [name, listOf(parameters.get(name)).filter((item) => !isKnown(item))] as const,
  );
  return new Map(lists.filter(([, items]) => items.length > 0));
}

/** The parameters without what `unknownIn` has found; null for one of which nothing is left. */
export const withoutUnknown = (parameters: Parameters, unknown: ReadonlyMap<string, readonly string[]>) =>
  Object.fromEntries(
    [...unknown].map(([name, items]) => [
      name,
      listOf(parameters.get(name))
        .filter((item) => !items.includes(item))
        .join(',') || null,
    ]),
  );
