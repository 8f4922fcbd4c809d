import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import { timeframesOf } from '../../config/catalog/kinds-of-providers.js';
import { AlertReader, type AlertRow } from '../../db/repositories/alerts/alert-reader.js';
import { deleteRule, insertRule, readRules, type StoredRule } from '../../db/repositories/alerts/alert-rules.js';
import { recordAudit } from '../../db/repositories/upkeep/audit-log.js';
import { inTransaction } from '../../db/transaction.js';
import { ruleInWords } from '../../domain/alerts/crossing.js';
import { AssetCatalog } from '../assets/asset-catalog.js';
import { DEPS, type ApiDeps } from '../deps.js';
import { decodeCursor, encodeCursor } from '../http/cursor.js';
import { invalidBody, Problem } from '../http/problem.js';
import { StatusResponse } from '../http/response.js';
import type { AlertBody, AlertsBody, AlertsFilter, NewRule, RuleBody, RulesBody } from './alerts.schema.js';

const Cursor = z.strictObject({ openedAt: z.iso.datetime(), id: z.int() });

/** What a person should know of, and the crossings that a person wants to be told of. */
@Injectable()
export class AlertsService {
  constructor(
    @Inject(DEPS) private readonly deps: ApiDeps,
    private readonly reader: AlertReader,
    private readonly assets: AssetCatalog,
  ) {}

  async page({ state, kind, severity, limit, cursor }: AlertsFilter): Promise<AlertsBody> {
    const after = cursor === undefined ? undefined : decodeCursor(Cursor, cursor);
    const rows = await this.reader.page({
      ...{ isOpen: state === 'open', kind, severity, limit: limit + 1 },
      after: after && { openedAt: new Date(after.openedAt), id: after.id },
    });
    const last = rows.length > limit ? rows[limit - 1] : undefined;
    return {
      alerts: rows.slice(0, limit).map(alertBody),
      nextCursor: last ? encodeCursor({ openedAt: last.openedAt.toISOString(), id: last.id }) : null,
    };
  }

  /** @throws Problem 404 for an unknown symbol */
  async rules(symbol: string | undefined): Promise<RulesBody> {
    const asset = symbol === undefined ? undefined : await this.assets.get(symbol);
    return { rules: (await readRules(this.deps.database.pool, asset?.id)).map(ruleBody) };
  }

  /** @throws Problem 404 for an unknown symbol, 400 for a rule that compares nothing, or bars that the asset has not */
  async create({
    symbol,
    timeframe,
    measure,
    direction,
    level = null,
    against = null,
  }: NewRule): Promise<StatusResponse> {
    const asset = await this.assets.get(symbol);
    const sources = await this.assets.requestedSources(asset, undefined);
    const known = [...new Set(sources.flatMap((source) => timeframesOf(source)))];
    if (!known.includes(timeframe))
      throw invalidBody('timeframe', `must be one of ${known.join(', ')}, which are stored for ${asset.symbol}`);
    if ((level === null) === (against === null)) throw invalidBody('level', 'give either level or against');
    if (against === measure) throw invalidBody('against', 'must differ from measure');
    const rule = await inTransaction(this.deps.database.pool, async (tx) => {
      const stored = await insertRule(tx, { assetId: asset.id, timeframe, measure, direction, level, against });
      await recordAudit(tx, {
        actor: 'admin',
        action: 'alert_rule.create',
        subject: subjectOf(stored),
        reason: ruleInWords(stored),
      });
      return stored;
    });
    return new StatusResponse(200, ruleBody(rule));
  }

  /** @throws Problem 404 if there is no such rule */
  async delete(id: string, reason = ''): Promise<RuleBody> {
    const rule = await inTransaction(this.deps.database.pool, async (tx) => {
      const deleted = /^\d{1,15}$/.test(id) ? await deleteRule(tx, Number(id)) : null;
      if (deleted)
        await recordAudit(tx, {
          ...{ actor: 'admin', action: 'alert_rule.delete', subject: subjectOf(deleted), reason },
          details: { rule: ruleInWords(deleted) },
        });
      return deleted;
    });
    if (rule) return ruleBody(rule);
    throw new Problem(404, `Unknown rule: ${id}. /api/alerts/rules lists all of them.`, { type: 'unknown-alert-rule' });
  }
}

const subjectOf = ({ id }: StoredRule): string => `alert_rule:${id}`;

const alertBody = ({ since, openedAt, closedAt, toldAt, ...alert }: AlertRow): AlertBody => ({
  ...alert,
  since: since.toISOString(),
  openedAt: openedAt.toISOString(),
  closedAt: closedAt?.toISOString() ?? null,
  toldAt: toldAt?.toISOString() ?? null,
});

const ruleBody = (rule: StoredRule): RuleBody => {
  const { id, symbol, timeframe, measure, direction, level, against, createdAt } = rule;
  return {
    ...{ id, symbol, timeframe, measure, direction, level, against },
    words: ruleInWords(rule),
    createdAt: createdAt.toISOString(),
  };
};
