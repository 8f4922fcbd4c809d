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
