import { BAR_STATES, type CellKind, type Counts } from '../../lib/coverage-view';
import { cx } from '../ui/cx';
import styles from './states.module.css';

const MIN_SHARE = '7px';

/** Class names for a state's colour and pattern. */
export const stateClass = (kind: CellKind): string => cx(styles.swatch, styles[kind]);

/** A state's mark, as in the heat map. */
export const Swatch = ({ kind, className }: { kind: CellKind; className?: string }) => (
  <span aria-hidden className={cx('inline-block size-3 shrink-0', stateClass(kind), className)} />
);

/** The shares of the states, side by side. Even a single bar among many stays visible. */
export const Shares = ({ counts }: { counts: Counts }) => (
  <span aria-hidden className="flex grow gap-px">
    {BAR_STATES.filter((state) => counts[state] > 0).map((state) => (
      <span key={state} className={stateClass(state)} style={{ flex: `${counts[state]} 0 ${MIN_SHARE}` }} />
    ))}
  </span>
);
