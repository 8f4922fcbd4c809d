import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parser } from '@prometheus-io/lezer-promql';
import { Registry } from 'prom-client';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Figures } from '../../api/metrics/figures.js';
import { PipelineFigures } from '../../api/metrics/pipeline-figures.js';
import { ProviderFigures } from '../../api/metrics/provider-figures.js';
import { QualityFigures } from '../../api/metrics/quality-figures.js';
import { UNHANDLED_REJECTIONS } from '../../config/last-resort.js';
import { startApi, type ApiUnderTest } from './api-fixture.js';

const deploy = (path: string) => new URL(`../../deploy/${path}`, import.meta.url);
const read = (path: string) => readFileSync(deploy(path), 'utf8');

let api: ApiUnderTest;
/** What the API and the workers export: the labels of each metric; of a histogram by the names of its parts, too. */
let exported: ReadonlyMap<string, readonly string[]>;
beforeAll(async () => {
  api = await startApi();
  await api.pool.query(
    `insert into alerts (kind, subject, severity, message, advice, since, opened_at)
    values ('disk', 'database', 'warning', 'm', 'a', now(), now())`,
  );
  await api.pool.query(
    `insert into provider_calls (provider, started_at, duration_ms, error) values ('yahoo', now(), 1, null), ('yahoo', now(), 1, 'unavailable')`,
  );
  await api.pool.query(
    `insert into rejected_bars (payload_id, asset_id, timeframe, row, rule, raw) values (1, $1, '1m', 1, 'high_is_highest', '{}')`,
    [api.assets.get('SPY')],
  );
  exported = new Map([...ofRegistry(), ...(await ofFigures())]);
});
afterAll(() => api.close());

/** An expression, as PromQL's own grammar reads it: its metrics, and the labels that it names of each. */
function readExpression(expr: string): {
  metrics: { name: string; labels: string[] }[];
  grouped: string[];
  isSound: boolean;
} {
  const metrics: { name: string; labels: string[] }[] = [];
  const grouped: string[] = [];
  let isSound = true;
  parser.parse(expr).iterate({
    enter: ({ type, from, to, node }) => {
      const text = expr.slice(from, to);
      if (type.isError) isSound = false;
      if (type.name === 'VectorSelector') {
        const name = node.getChild('Identifier') ?? node.firstChild!;
        metrics.push({ name: expr.slice(name.from, name.to), labels: [] });
      }
      if (type.name === 'LabelName')
        (node.parent?.name === 'GroupingLabels' ? grouped : metrics.at(-1)!.labels).push(text);
    },
  });
  return { metrics, grouped, isSound };
}

/** Labels that Prometheus itself adds. */
const OF_PROMETHEUS = ['job', 'instance', 'le'];

type OfMetric = readonly [name: string, labelNames: readonly string[]];

function ofRegistry(): OfMetric[] {
  const metrics = api.app.get(Registry).getMetricsAsArray() as unknown as { name: string; labelNames: string[] }[];
  return [
    [UNHANDLED_REJECTIONS, []],
    ...metrics.flatMap(({ name, labelNames }) =>
      [name, `${name}_bucket`, `${name}_count`, `${name}_sum`].map((part) => [part, labelNames] as const),
    ),
  ];
}

async function ofFigures(): Promise<OfMetric[]> {
  const subjects = [PipelineFigures, ProviderFigures, QualityFigures];
  const figures = await Promise.all(subjects.map((subject) => api.app.get<Figures>(subject).read()));
  return figures.flat().map(({ name, labelNames }) => [`barkeep_${name}`, labelNames]);
}

function checkExpression(expr: string): void {
  const { metrics, grouped, isSound } = readExpression(expr);
  expect({ expr, isSound }).toEqual({ expr, isSound: true });
  expect(metrics.length).toBeGreaterThan(0);
  for (const { name, labels } of metrics) {
    if (name === 'up') continue;
    expect([...exported.keys()]).toContain(name);
    expect([...exported.get(name)!, ...OF_PROMETHEUS]).toEqual(expect.arrayContaining(labels));
  }
  const all = metrics.flatMap(({ name }) => [...(exported.get(name) ?? [])]);
  expect([...all, ...OF_PROMETHEUS]).toEqual(expect.arrayContaining(grouped));
}

describe('the alert rules for Prometheus', () => {
  const Rules = z.strictObject({
    groups: z.array(
      z.strictObject({
        name: z.string(),
        rules: z.array(
          z.strictObject({
            alert: z.string().regex(/^Barkeep[A-Z]\w+$/),
            expr: z.string(),
            for: z
              .string()
              .regex(/^\d+m$/)
              .optional(),
            labels: z.strictObject({ severity: z.string() }),
            annotations: z.strictObject({ summary: z.string(), description: z.string() }),
          }),
        ),
      }),
    ),
  });

  const rules = Rules.parse(parse(read('prometheus/alerts.yml'))).groups.flatMap((group) => group.rules);
  const expressionOf = (name: string) => rules.find(({ alert }) => alert === name)!.expr;

  it('have the shape of rules, and name metrics and labels that are exported', () => {
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
    for (const { expr } of rules) checkExpression(expr);
  });

  it('find rejections that nothing handled in the API and in workers', () => {
    const { metrics } = readExpression(expressionOf('BarkeepUnhandledRejections'));
    expect(metrics.map(({ name }) => name).sort()).toEqual([UNHANDLED_REJECTIONS, `${UNHANDLED_REJECTIONS}_total`]);
  });

  it('find evaluations that stand still, and those of which Temporal no longer tells', () => {
    const expr = expressionOf('BarkeepAlertsNotEvaluated');
    expect(expr).toMatch(/^changes\(/);
    expect(expr).toContain('or absent_over_time(barkeep_schedule_fires{schedule="alerts",outcome="started"}[10m])');
  });
});

describe('the dashboards for Grafana', () => {
  const Datasource = z.object({ type: z.literal('prometheus'), uid: z.literal('${datasource}') });
  const Panel = z.object({
    id: z.int(),
    type: z.enum(['stat', 'timeseries', 'state-timeline', 'bargauge']),
    title: z.string().min(1),
    datasource: Datasource,
    gridPos: z.object({ x: z.int().min(0), y: z.int().min(0), w: z.int().min(1).max(24), h: z.int().min(1) }),
    targets: z.array(z.object({ refId: z.string(), datasource: Datasource, expr: z.string() })).min(1),
  });
  const Dashboard = z.object({
    uid: z.string().regex(/^barkeep-\w+$/),
    title: z.string(),
    schemaVersion: z.int().min(39),
    templating: z.object({
      list: z.tuple([z.object({ name: z.literal('datasource'), type: z.literal('datasource') })]),
    }),
    panels: z.array(Panel).min(1),
  });

  it.each(readdirSync(deploy('grafana')))(
    '%s can be loaded, and names metrics and labels that are exported',
    (file) => {
      const { panels } = Dashboard.parse(JSON.parse(read(`grafana/${file}`)));
      expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
      const overlaps = panels.flatMap((a) =>
        panels.filter((b) => a.id < b.id && isOver(a.gridPos, b.gridPos)).map((b) => `${a.title}, ${b.title}`),
      );
      expect(overlaps).toEqual([]);
      for (const { gridPos, targets } of panels) {
        expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
        for (const { expr } of targets) checkExpression(expr);
      }
    },
  );

  type Place = z.output<typeof Panel>['gridPos'];
  const isOver = (a: Place, b: Place) => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
});

it('exports what the database says of providers, quality, alerts and freshness', async () => {
  const { text } = await api.get('/metrics');
  for (const line of [
    'barkeep_alerts_open{kind="disk",severity="warning"} 1',
    'barkeep_provider_requests_last_hour{provider="yahoo",outcome="ok"} 1',
    'barkeep_provider_requests_last_hour{provider="yahoo",outcome="unavailable"} 1',
    'barkeep_provider_blocked{provider="yahoo"} 0',
    'barkeep_provider_quota_limit{provider="coingecko"} 10000',
    'barkeep_error_budget_spent_ratio{symbol="SPY"} 0',
    'barkeep_rejected_rows{rule="high_is_highest"} 1',
    'barkeep_freshness_overdue_seconds{symbol="SPY",timeframe="1m"} 0',
    'barkeep_freshness_state{symbol="SPY",timeframe="1m",state="empty"} 1',
  ])
    expect(text).toContain(line);
  expect(text).toMatch(/^barkeep_database_connections\{state="busy"\} \d+$/m);
  expect(text).not.toContain('barkeep_provider_quota_limit{provider="yahoo"}');
});
