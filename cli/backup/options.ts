import { CommandLine } from '../lib/command-line.js';
import { EXIT } from '../lib/exit-codes.js';

export const command = new CommandLine({
  usage: 'npm run backup -- [list | verify]',
  summary:
    'Takes a base copy of the running database, checks what was written, and deletes the copies beyond BACKUP_KEEP.\n' +
    'From a base copy and the write-ahead log after it, npm run restore restores any instant.',
  takesWords: true,
  options: {},
  notes:
    'Commands:\n' +
    '  list      the base copies in BACKUP_DIR, and up to when each archive reaches\n' +
    '  verify    checks every byte in BACKUP_DIR, and names what is damaged or missing\n' +
    'A copy needs a running npm start with BACKUP_DIR. For your own PostgreSQL, see docs/backup.md.',
  exitCodes: [
    [EXIT.ok, 'done; with verify: every byte is as it was written'],
    [EXIT.failed, 'no copy was taken; with verify: something is damaged or missing, or there is no base copy'],
    [EXIT.usage, 'invalid command or options'],
  ],
});

const ACTIONS = ['list', 'verify'] as const;
export type BackupAction = 'take' | (typeof ACTIONS)[number];

/** Null for --help. @throws UserError (exit code 2) that says what is wrong */
export function backupAction(argv: string[]): BackupAction | null {
  const parsed = command.parseWords(argv);
  if (!parsed) return null;
  const [word, ...rest] = parsed.words;
  if (word === undefined) return 'take';
  const action = ACTIONS.find((one) => one === word);
  if (!action || rest.length > 0) throw command.wrong(`Unknown command ${parsed.words.join(' ')}: list or verify.`);
  return action;
}
