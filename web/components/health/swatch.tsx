import { BAR_STATES, type CellKind, type Counts } from '../../lib/coverage-view';
import { cx } from '../ui/cx';
import styles from './states.module.css';

/** Class names that draw a state: its colour and its pattern. */
export const stateClass = (kind: CellKind): string => cx(styles.swatch, styles[kind]);

/** A state's mark, as the heat map draws it. */
export const Swatch = ({ kind, className }: { kind: CellKind; className?: string }) => (
  <span aria-hidden className={cx('inline-block size-3 shrink-0', stateClass(kind), className)} />
);

/** The states of some bars side by side, filling a row; a single bar is as wide as can be seen, however many there are. */
export const Shares = ({ counts }: { counts: Counts }) => (
  <span aria-hidden className="flex grow gap-px">
    {BAR_STATES.filter((state) => counts[state] > 0).map((state) => (
      <span key={state} className={stateClass(state)} style={{ flex: `${counts[state]} 0 7px` }} />
    ))}
  </span>
);
