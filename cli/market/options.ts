import { CommandLine } from '../lib/command-line.js';
import { EXIT } from '../lib/exit-codes.js';

export const command = new CommandLine({
  usage: 'npm run market -- close XNYS 2026-01-05 --reason "Day of mourning"',
  summary:
    'Records an unforeseen closure of an exchange on a day, past or future, or takes it back.\n' +
    'The running stack follows within a second.',
  takesWords: true,
  options: { reason: { value: '"Day of mourning"', help: 'why; required to close, and shown with the market' } },
  notes:
    'Commands:\n' +
    '  close XNYS 2026-01-05   no bars are expected on that day; a day with stored bars cannot be closed\n' +
    '  reopen XNYS 2026-01-05  takes it back: the bars are expected again\n' +
    '  list [XNYS]             the days that operators and the closures file have closed',
  exitCodes: [
    [EXIT.ok, 'done'],
    [EXIT.failed, 'it cannot be done, or the command failed'],
    [EXIT.usage, 'invalid command or options'],
  ],
});

export type MarketCommand =
  | { action: 'close'; exchange: string; date: string; reason: string }
  | { action: 'reopen'; exchange: string; date: string; reason: string }
  | { action: 'list'; exchange: string | null };

/**
 * What to do, by the command line; null for --help.
 * @throws UserError (exit code 2) that says what is wrong
 */
export function marketCommand(argv: string[]): MarketCommand | null {
  const parsed = command.parseWords(argv);
  if (!parsed) return null;
  const [action, exchange, date, ...rest] = parsed.words;
  const { reason = '' } = parsed.values;
  if (rest.length > 0) throw command.wrong(`Unexpected ${rest.join(' ')}.`);
  if (action === 'list') {
    if (date !== undefined) throw command.wrong(`Unexpected ${date}: list takes an exchange only.`);
    return { action, exchange: exchange?.toUpperCase() ?? null };
  }
  if (action !== 'close' && action !== 'reopen')
    throw command.wrong(
      action === undefined
        ? 'Say what to do: close, reopen or list.'
        : `Unknown command ${action}: close, reopen or list.`,
    );
  if (exchange === undefined || date === undefined)
    throw command.wrong(`Say which exchange and which day, as in: ${action} XNYS 2026-01-05.`);
  if (action === 'close' && reason.trim() === '') throw command.wrong('--reason is missing: say why it is closed.');
  return { action, exchange: exchange.toUpperCase(), date, reason: reason.trim() };
}
