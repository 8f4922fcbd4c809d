/** What contradicts itself, by kind: what holds of a sound store, and is broken. */
const KINDS = {
  unknown_series: 'series that no asset has',
  no_slot: 'bars where none is expected',
  not_final: 'bars that were not final when they were fetched',
  series_begin: 'series that begin before their first bar',
  coverage_row: 'sessions of coverage that the calendar does not have so',
  coverage_bits: 'slots whose coverage does not tell what is stored',
  coverage_sums: 'sessions whose states do not add up',
  no_answer: 'versions of bars that no stored answer tells of',
  unreadable_answer: 'answers that cannot be read again',
  other_values: 'versions of bars with other values than their answer gives',
  later_values: 'bars with other values than a later answer gives',
  bar_gone: 'bars that an answer gave, gone without a trace',
  revision_gone: 'corrections whose former version is not kept',
  indicators: 'bars whose indicators are not those of the series',
} as const;
export type FindingKind = keyof typeof KINDS;

/** So many examples of a kind are kept. */
const EXAMPLES = 3;

/** Gathers what contradicts itself. */
export class Findings {
  private readonly found = new Map<FindingKind, { count: number; examples: string[] }>();

  /** @param example what and where, in words */
  add(kind: FindingKind, example: string, count = 1): void {
    const entry = this.found.get(kind) ?? { count: 0, examples: [] };
    entry.count += count;
    if (entry.examples.length < EXAMPLES) entry.examples.push(example);
    this.found.set(kind, entry);
  }

  addAll(other: Findings): void {
    for (const [kind, { count, examples }] of other.found) {
      examples.forEach((example, i) => this.add(kind, example, i === 0 ? count - examples.length + 1 : 1));
    }
  }

  count(kind: FindingKind): number {
    return this.found.get(kind)?.count ?? 0;
  }

  get total(): number {
    return [...this.found.values()].reduce((sum, { count }) => sum + count, 0);
  }

  /** In words, the kinds in the order of the table. */
  lines(): string[] {
    return (Object.keys(KINDS) as FindingKind[]).flatMap((kind) => {
      const entry = this.found.get(kind);
      if (!entry) return [];
      const more = entry.count > entry.examples.length ? ['…'] : [];
      return [`${KINDS[kind]} (${kind}): ${entry.count}`, ...[...entry.examples, ...more].map((line) => `  ${line}`)];
    });
  }
}
