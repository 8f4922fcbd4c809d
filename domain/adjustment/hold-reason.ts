/** Why a batch was not loaded: a split that is not applied yet, or prices on another level without one that is known. */
export type HoldReason = 'split' | 'level_shift';
