/** Why a batch is held back: a split that is not applied yet, or prices at another level without a known split. */
export type HoldReason = 'split' | 'level_shift';
