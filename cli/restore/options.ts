import { z } from 'zod';
import { CommandLine } from '../lib/command-line.js';
import { EXIT } from '../lib/exit-codes.js';

export const command = new CommandLine({
  usage: 'npm run restore -- --into DIR [--at TIME] [--from BACKUP]',
  summary:
    'Restores a backup from BACKUP_DIR into a new data folder: up to the end of the archive, or to an instant (--at).\n' +
    'Checks every byte before using it, then the restored bars, as npm run doctor does. If a file is damaged, nothing is\n' +
    'restored; if only the bars have findings, the folder is created all the same. The backup and any running Barkeep stay\n' +
    'unchanged.',
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
  notes: 'BACKUP_DIR is the folder or the bucket (s3://…) with the backups. docs/backup.md describes each case.',
  exitCodes: [
    [EXIT.ok, 'restored, and every bar is explained'],
    [EXIT.failed, 'nothing was restored; or it was, and its bars could not be checked or some are unexplained'],
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
