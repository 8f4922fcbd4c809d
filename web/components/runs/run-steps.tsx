import type { RunDetail, RunStep } from '../../lib/api/types';
import { formatCount, formatDuration, NONE } from '../../lib/format';
import { useProviderName } from '../../lib/use-provider-name';
import { cx } from '../ui/cx';
import { Empty } from '../ui/states';
import { StatusMark } from '../ui/status-mark';

const NUMBER = 'pl-3 text-right';
/** Keeps the shortest steps visible, percent of the run. */
const MIN_WIDTH = 0.6;

/** The steps of a run in order, each with its place on the run's timeline. */
export function RunSteps({ run }: { run: RunDetail }) {
  const { steps } = run;
  if (steps.length === 0) {
    if (run.status === 'running') return <Empty title="No finished steps yet">Steps appear here as they finish.</Empty>;
    return (
      <Empty title="No steps">The run ended before its first step, or its steps have passed their retention.</Empty>
    );
  }
  const start = Date.parse(run.startedAt);
  const length = Math.max(...steps.map((step) => Date.parse(step.startedAt) + step.durationMs - start), 1);
  return (
    <table className="w-full table-fixed">
      <caption className="sr-only">Steps</caption>
      <thead>
        <tr className="label h-7 border-b border-rule-strong text-left *:font-normal">
          <th scope="col" className="w-18 sm:w-20">
            Step
          </th>
          <th scope="col" className="sm:w-24">
            Asset
          </th>
          <th scope="col" className="w-28 max-sm:hidden">
            Source
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
            Duration
          </th>
          <th scope="col" className="pl-4 max-sm:hidden">
            Timeline
          </th>
        </tr>
      </thead>
      <tbody>
        {steps.map((step, index) => (
          <StepRow key={index} step={step} from={(Date.parse(step.startedAt) - start) / length} length={length} />
        ))}
      </tbody>
    </table>
  );
}

function StepRow({ step, from, length }: { step: RunStep; from: number; length: number }) {
  const isFailed = step.status === 'failed';
  const nameOf = useProviderName();
  return (
    <>
      <tr className={cx('h-7', !isFailed && 'border-b border-rule')}>
        <td>{step.step}</td>
        <td className="wrap-anywhere">
          {step.symbol ?? <span className="text-ink-3">all</span>} <span className="text-ink-3">{step.timeframe}</span>
        </td>
        <td className="text-ink-2 max-sm:hidden">{step.source === null ? NONE : nameOf(step.source)}</td>
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
                left: `${Math.min(Math.max(from, 0) * 100, 100 - MIN_WIDTH)}%`,
                width: `${Math.max((step.durationMs / length) * 100, MIN_WIDTH)}%`,
              }}
            />
          </div>
        </td>
      </tr>
      {isFailed && (
        <tr className="border-b border-rule">
          <td colSpan={8} className="pb-2 text-xs wrap-anywhere">
            <span className="text-down">{step.errorType}</span> <span className="text-ink-2">{step.errorMessage}</span>
          </td>
        </tr>
      )}
    </>
  );
}
