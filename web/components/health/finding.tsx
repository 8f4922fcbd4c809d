import type { Comparison } from '../../lib/api/types';
import { FINDING_NAMES } from '../../lib/comparison';
import { StatusMark } from '../ui/status-mark';

/** The finding in words, or that there is none. */
export function Finding({ comparison: { finding } }: { comparison: Comparison }) {
  if (!finding) return <StatusMark kind="good">agree</StatusMark>;
  return (
    <>
      <StatusMark kind="warn">{FINDING_NAMES[finding.kind]}</StatusMark>
      <span className="block text-ink-2">{finding.detail}</span>
    </>
  );
}
