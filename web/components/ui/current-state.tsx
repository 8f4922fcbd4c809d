import { UNKNOWN, type StateView } from '../../lib/pipeline-view';
import { StatusMark } from './status-mark';

/**
 * A state that holds now. While it cannot be refreshed it is unknown: what was true minutes ago must not look healthy.
 * @param isStale the last refetch failed
 */
export function CurrentState({ view, isStale, quiet }: { view: StateView; isStale: boolean; quiet?: boolean }) {
  const { mark, label } = isStale ? UNKNOWN : view;
  return (
    <StatusMark kind={mark} quiet={quiet}>
      {label}
    </StatusMark>
  );
}
