import { upsertSearchAttributes } from '@temporalio/workflow';
import type { MaintenancePipeline, Pipeline } from '../config/catalog/schedules.js';
import { fittingSymbols, SEARCH_KEYS } from '../contracts/search-attributes.js';
import { searchAttributes } from '../contracts/start-options.js';
import type { RunStatus, Trigger } from '../domain/run.js';
import { upsertsSearchAttributes } from './patches.js';

/** Makes a run findable, however it was started. @param symbols may come from a person, and be anything */
export function upsertAttributes(
  pipeline: Pipeline | MaintenancePipeline,
  trigger: Trigger,
  symbols?: readonly string[],
): void {
  if (!upsertsSearchAttributes()) return;
  const areSymbols =
    Array.isArray(symbols) && symbols.length > 0 && symbols.every((symbol) => typeof symbol === 'string');
  upsertSearchAttributes(searchAttributes(pipeline, trigger, areSymbols ? symbols : undefined).getAll());
}

/** Makes a run findable by how it ended. @param failedSymbols of the assets that failed in it */
export function upsertOutcome(status: RunStatus, failedSymbols: readonly string[]): void {
  if (!upsertsSearchAttributes()) return;
  upsertSearchAttributes([
    { key: SEARCH_KEYS.status, value: status },
    ...(failedSymbols.length > 0 ? [{ key: SEARCH_KEYS.failedSymbols, value: fittingSymbols(failedSymbols) }] : []),
  ]);
}
