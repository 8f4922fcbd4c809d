import type { Finding } from './finding.js';

/** Names of the two compared sources. */
export interface Named {
  source: string;
  other: string;
}

const percent = (fraction: number): string => `${Number((fraction * 100).toPrecision(3))} %`;

/** A finding as people read it, such as "The prices of Alpaca are 100 times those of Yahoo Finance: one of them uses another unit." */
export function findingInWords(
  { kind, evidence }: Pick<Finding, 'kind' | 'evidence'>,
  { source, other }: Named,
): string {
  const ratio = Number(evidence.ratio);
  const times = ratio >= 1 ? `${Number(ratio.toPrecision(4))} times` : `1/${Number((1 / ratio).toPrecision(4))} of`;
  const levels = `The prices of ${other} are ${times} those of ${source}`;
  switch (kind) {
    case 'unit':
      return `${levels}: one of them uses another unit.`;
    case 'split':
      return `${levels}, the ratio of a ${evidence.split} split: only one of them is adjusted for it.`;
    case 'stale': {
      const [hangs, moves] = evidence.side === 'source' ? [source, other] : [other, source];
      return `${hangs} keeps repeating ${evidence.price}, while ${moves} moves within a range of ${percent(Number(evidence.range))}.`;
    }
    case 'shift': {
      const seconds = Number(evidence.lagSeconds);
      return `The prices of ${other} are those of ${source}, ${duration(Math.abs(seconds))} ${seconds > 0 ? 'late' : 'early'}.`;
    }
    case 'level':
      return `${other} is ${percent(Math.abs(ratio - 1))} ${ratio > 1 ? 'above' : 'below'} ${source}.`;
    case 'outlier':
      return `The ${evidence.field} of ${new Date(Number(evidence.time)).toISOString().slice(0, 16)}Z is ${evidence.price} at ${source} and ${evidence.otherPrice} at ${other}.`;
  }
}

function duration(seconds: number): string {
  for (const [unit, name] of [
    [86_400, 'day'],
    [3_600, 'hour'],
    [60, 'minute'],
  ] as const)
    if (seconds % unit === 0) return `${seconds / unit} ${name}${seconds === unit ? '' : 's'}`;
  return `${seconds} s`;
}
