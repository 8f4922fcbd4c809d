/** Kinds of findings: each is a rule that the stored data breaks. */
const KINDS = {
  unknown_series: 'series of unknown assets',
  no_slot: 'bars where none is expected',
  not_final: 'bars that were not final when they were fetched',
  series_begin: 'series that begin before their first bar',
  coverage_row: 'coverage rows that do not match the calendar',
  coverage_bits: 'slots whose coverage contradicts what is stored',
  coverage_sums: 'sessions whose states do not add up',
  no_payload: 'bar versions without a payload',
  unreadable_payload: 'payloads that can no longer be parsed',
  other_values: 'bar versions that differ from their payload',
  later_values: 'bars that differ from a later payload',
  bar_gone: 'bars of a payload that are gone without a record',
  revision_gone: 'corrections without their former version',
  indicators: 'bars with wrong indicators',
  warnings: 'wrong warnings',
} as const;
export type FindingKind = keyof typeof KINDS;

/** Examples kept of each kind. */
const EXAMPLES = 3;

/** Collects contradictions in the stored data. */
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

  /** A summary and examples for each kind, in the order of the table. */
  lines(): string[] {
    return (Object.keys(KINDS) as FindingKind[]).flatMap((kind) => {
      const entry = this.found.get(kind);
      if (!entry) return [];
      const more = entry.count > entry.examples.length ? ['…'] : [];
      return [`${KINDS[kind]} (${kind}): ${entry.count}`, ...[...entry.examples, ...more].map((line) => `  ${line}`)];
    });
  }
}
