import { z } from 'zod';
import { CommandLine } from '../lib/command-line.js';
import { EXIT } from '../lib/exit-codes.js';

export const command = new CommandLine({
  usage: 'npm run restore -- --into DIR [--at TIME] [--from BACKUP]',
  summary:
    'Restores a backup of BACKUP_DIR into a new data folder, as of the last archived moment or of an instant.\n' +
    'Every byte is checked first, and afterwards the restored bars, as by npm run doctor. The folder appears only if\n' +
    'everything succeeds. What runs elsewhere, and the backup itself, stay as they are.',
  options: {
    into: { value: '.data-restored', help: 'the new data folder; it must be empty, or not exist' },
    at: {
      value: '2026-11-30T09:40:00Z',
      help: 'restore the state of this instant (default: the last that is archived)',
    },
    from: {
      value: '2026-11-30T02-30-00Z',
      help: 'the base copy to begin with, or the archive to choose it from, as npm run backup -- list\nnames them (default: the newest that fits)',
    },
  },
  notes: 'BACKUP_DIR is the folder with the backups. docs/backup.md describes each case.',
  exitCodes: [
    [EXIT.ok, 'restored, and every bar is explained'],
    [EXIT.failed, 'nothing was restored; or it was, and something in it is unexplained'],
    [EXIT.usage, 'invalid options'],
  ],
});

export interface RestoreOptions {
  into: string;
  /** Database clock, epoch ms; null: the end of the archive. */
  at: number | null;
  from: string | null;
}

/** Null for --help. @throws UserError (exit code 2) that says what is wrong */
export function restoreOptions(argv: string[]): RestoreOptions | null {
  const given = command.parse(argv);
  if (!given) return null;
  const { into, at, from } = given;
  if (!into) throw command.wrong('Say where to, as in: --into .data-restored.');
  if (at !== undefined && !z.iso.datetime({ offset: true }).safeParse(at).success)
    throw command.wrong(`--at ${at} is not a time with its zone (2026-11-30T09:40:00Z).`);
  return { into, at: at === undefined ? null : Date.parse(at), from: from ?? null };
}
