/** What a check found: a figure or a word if all is well, otherwise what is wrong. */
export interface Finding {
  ok: boolean;
  detail: string;
}

/** The checks of one run, in order. A failed one does not stop the others. */
export class Checks {
  readonly findings = new Map<string, Finding>();
  private readonly report: (line: string) => void;

  constructor(report: (line: string) => void) {
    this.report = report;
  }

  /** @param work returns the detail, or throws what is wrong */
  async check(name: string, work: () => Promise<string>): Promise<void> {
    const finding = await work().then(
      (detail): Finding => ({ ok: true, detail }),
      (error: Error): Finding => ({ ok: false, detail: messagesOf(error) }),
    );
    this.findings.set(name, finding);
    this.report(`  ${finding.ok ? 'ok ' : 'RED'} ${name}: ${finding.detail}`);
  }

  get areGood(): boolean {
    return [...this.findings.values()].every(({ ok }) => ok);
  }
}

const messagesOf = (error: Error): string =>
  error.cause instanceof Error ? `${error.message} (${messagesOf(error.cause)})` : error.message;

/** One row a check and one column a run, in Markdown. */
export function asTable(runs: ReadonlyMap<string, Checks>): string {
  const longestFirst = [...runs.values()].sort((a, b) => b.findings.size - a.findings.size);
  const names = new Set(longestFirst.flatMap(({ findings }) => [...findings.keys()]));
  const cell = (finding: Finding | undefined) =>
    finding ? `${finding.ok ? 'ok' : 'RED'}: ${finding.detail.split('\n')[0]!.replaceAll('|', '/')}` : '–';
  const rows = [
    ['check', ...runs.keys()],
    ...[...names].map((name) => [name, ...[...runs.values()].map(({ findings }) => cell(findings.get(name)))]),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const [head, ...body] = rows.map((row) => `| ${row.map((text, i) => text.padEnd(widths[i]!)).join(' | ')} |`);
  return [head, `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...body].join('\n');
}
