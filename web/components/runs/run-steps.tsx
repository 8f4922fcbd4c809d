import type { RunDetail, RunStep } from '../../lib/api/types';
import { formatCount, formatDuration, NONE } from '../../lib/format';
import { cx } from '../ui/cx';
import { Empty } from '../ui/states';
import { StatusMark } from '../ui/status-mark';

const NUMBER = 'pl-3 text-right';
/** A step that took no time is still seen. */
const LEAST_WIDTH = 0.6;

/** The steps of a run in order, with when in the run each one happened. */
export function RunSteps({ run }: { run: RunDetail }) {
  const { steps } = run;
  if (steps.length === 0) {
    if (run.status === 'running') return <Empty title="No step has ended yet">They follow by themselves.</Empty>;
    return <Empty title="No steps">It ended before the first one, or they are older than they are kept.</Empty>;
  }
  const begun = Date.parse(run.startedAt);
  const length = Math.max(...steps.map((step) => Date.parse(step.startedAt) + step.durationMs - begun), 1);
  return (
    <table className="w-full table-fixed">
      <caption className="sr-only">Steps</caption>
      <thead>
        <tr className="label h-7 border-b border-rule-strong text-left *:font-normal">
          <th scope="col" className="w-18 sm:w-20">
            Step
          </th>
          <th scope="col" className="sm:w-24">
            Of
          </th>
          <th scope="col" className="w-14 sm:w-18">
            Status
          </th>
          <th scope="col" className={cx(NUMBER, 'w-18 max-sm:hidden')}>
            Attempts
          </th>
          <th scope="col" className={cx(NUMBER, 'w-12 sm:w-14')}>
            Rows
          </th>
          <th scope="col" className={cx(NUMBER, 'w-17 sm:w-18')}>
            Took
          </th>
          <th scope="col" className="pl-4 max-sm:hidden">
            When in the run
          </th>
        </tr>
      </thead>
      <tbody>
        {steps.map((step, index) => (
          <StepRow key={index} step={step} from={(Date.parse(step.startedAt) - begun) / length} length={length} />
        ))}
      </tbody>
    </table>
  );
}

function StepRow({ step, from, length }: { step: RunStep; from: number; length: number }) {
  const isFailed = step.status === 'failed';
  return (
    <>
      <tr className={cx('h-7', !isFailed && 'border-b border-rule')}>
        <td>{step.step}</td>
        <td className="truncate">
          {step.symbol ?? <span className="text-ink-3">all</span>} <span className="text-ink-3">{step.timeframe}</span>
        </td>
        <td className="text-xs">
          <StatusMark kind={isFailed ? 'bad' : 'good'}>{step.status}</StatusMark>
        </td>
        <td className={cx(NUMBER, 'max-sm:hidden', step.attempts > 1 && 'text-warn')}>{step.attempts}</td>
        <td className={NUMBER}>{step.rows === null ? NONE : formatCount(step.rows)}</td>
        <td className={NUMBER}>{formatDuration(step.durationMs)}</td>
        <td aria-hidden className="pl-4 max-sm:hidden">
          <div className="relative h-2">
            <div
              className={cx('absolute h-2', isFailed ? 'bg-down' : 'bg-ink-3')}
              style={{
                left: `${Math.min(Math.max(from, 0) * 100, 100 - LEAST_WIDTH)}%`,
                width: `${Math.max((step.durationMs / length) * 100, LEAST_WIDTH)}%`,
              }}
            />
          </div>
        </td>
      </tr>
      {isFailed && (
        <tr className="border-b border-rule">
          <td colSpan={7} className="pb-2 text-xs wrap-anywhere">
            <span className="text-down">{step.errorType}</span> <span className="text-ink-2">{step.errorMessage}</span>
          </td>
        </tr>
      )}
    </>
  );
}
