/** Kinds of findings: each is a rule that the stored data breaks. */
const KINDS = {
  not_examined: 'assets that cannot be examined, because something stored of them is impossible',
  unknown_series: 'series of unknown assets',
  no_slot: 'bars where none is expected',
  not_final: 'bars that were not final when they were fetched',
  series_begin: 'series whose beginning no payload shows',
  series_row: 'series whose newest payload is another one',
  coverage_row: 'coverage rows that do not match the calendar',
  coverage_bits: 'slots whose coverage contradicts what is stored',
  coverage_sums: 'sessions whose states do not add up',
  coverage_evidence: 'slots in a state that no payload shows',
  coverage_wait: 'sessions that wait longer than any attempt does',
  payload_changed: 'payloads whose row was changed after it was stored',
  payload_body: 'payloads whose body is not the one that was received',
  body_gone: 'payloads whose body disappeared without a digest',
  digest_changed: 'digests that were changed, or follow one that was',
  payload_url: 'payloads whose URL is that of another request',
  payload_gone: 'payloads that disappeared',
  request_record: 'requests that differ from their payload',
  unknown_run: 'rows of runs that do not exist',
  no_payload: 'bar versions without a payload',
  unreadable_payload: 'payloads that can no longer be parsed',
  other_batch: 'batches that differ from their payload',
  other_values: 'bar versions that differ from what their payload gave',
  later_values: 'bars that differ from a later payload',
  version_times: 'bar versions that were visible when they could not be',
  bar_gone: 'bars of a payload that disappeared without a record',
  revision_gone: 'corrections without their earlier version',
  rejected_gone: 'rejected rows that disappeared',
  other_rejected: 'rejected rows that differ from their payload',
  action_gone: 'splits and dividends that disappeared',
  other_action: 'splits and dividends that differ from their payload',
  other_quote: 'live prices that differ from their payload',
  daily_difference: 'differences between days and minutes that the bars contradict',
  source_agreement: 'comparisons of sources that the bars contradict',
  indicators: 'bars with wrong indicators',
  warnings: 'warnings that do not match the stored bars',
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

  /** What was found of each kind, with the first examples, in the order of the table. */
  list(): { kind: FindingKind; meaning: string; count: number; examples: readonly string[] }[] {
    return (Object.keys(KINDS) as FindingKind[]).flatMap((kind) => {
      const entry = this.found.get(kind);
      return entry ? [{ kind, meaning: KINDS[kind], ...entry }] : [];
    });
  }

  /** A summary and examples for each kind. */
  lines(): string[] {
    return this.list().flatMap(({ kind, meaning, count, examples }) => [
      `${meaning} (${kind}): ${count}`,
      ...[...examples, ...(count > examples.length ? ['…'] : [])].map((line) => `  ${line}`),
    ]);
  }
}
