import { patched } from '@temporalio/workflow';

/*
 * Changes to the order of a workflow's commands. A run that is in progress while a worker is updated replays its history
 * the old way, and takes the new way from the first step that its history does not hold. An id can go, together with the old
 * way, once `temporal workflow list` shows no running workflow that started before the change, and no recorded history in
 * test/replay/histories needs it.
 */

/**
 * November 2026: activities report facts and no longer start workflows. The workflow starts AdjustWorkflow and, after an
 * outage, HealWorkflow as its children. At the same time judgeCoverage became classifyGaps and reportGaps became
 * describeGaps.
 */
export const startsChildren = (): boolean => patched('workflows-start-children');

/** November 2026: a time-out without a failure of the provider is TimedOut, and no symptom of an outage. */
export const timeOutsAreNoOutage = (): boolean => patched('time-outs-are-no-outage');

/** November 2026: a run gives itself its search attributes, however it was started. */
export const upsertsSearchAttributes = (): boolean => patched('runs-upsert-search-attributes');

/**
 * December 2026: a backfill can be resized while it runs, may wait for approval, and records its progress in its row. It
 * plans by asset; a plan of an older worker, which a history may hold, has no `assets`.
 */
export const canBeSteered = (): boolean => patched('backfills-can-be-steered');

/** December 2026: a backfill records in its row what it has done while a page is in progress, and at the end of the page. */
export const recordsAsItGoes = (): boolean => patched('backfills-record-as-they-go');

/** December 2026: a heal plans stored payloads a page at a time, each page after the first in a child workflow. */
export const pagesStoredPayloads = (): boolean => patched('pages-of-stored-payloads');

/** December 2026: heals and verifications plan and request each page after the first in a child workflow. */
export const pagesInChildren = (): boolean => patched('pages-in-children');

/** December 2026: heals and verifications compare the sources of each asset. */
export const comparesSources = (): boolean => patched('compare-sources');

/** December 2026: a delivery of alerts ends when it gives a message up, because what the message said is to be told again. */
export const endsWithAbandonedMessage = (): boolean => patched('deliveries-end-with-abandoned-message');

/** December 2026: runs refuse an input that they do not understand. */
export const refusesWrongInput = (): boolean => patched('runs-refuse-wrong-input');
