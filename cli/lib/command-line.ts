import { parseArgs, type ParseArgsConfig } from 'node:util';
import { EXIT } from './exit-codes.js';
import { UserError } from './user-error.js';

/** One `--option` of a command. */
interface Option {
  /** An example of its value, shown in the help; an option without one is a flag. */
  value?: string;
  help: string;
}

export interface CommandSpec<Options extends Record<string, Option>> {
  /** The command line, such as `npm run backfill -- [options]`. */
  usage: string;
  /** What the command does. */
  summary: string;
  options: Options;
  /** Whether words come before the options, such as `close XNYS 2026-01-05`; otherwise it has options only. */
  takesWords?: true;
  /** Shown below the options. */
  notes?: string;
  exitCodes?: readonly (readonly [code: number, meaning: string])[];
}

type Values<Options> = {
  [Name in keyof Options]: Options[Name] extends { value: string } ? string | undefined : boolean;
};

/** The options of one command: parses them, describes them for `--help`, and words what is wrong with them. */
export class CommandLine<Options extends Record<string, Option>> {
  private readonly spec: CommandSpec<Options>;

  constructor(spec: CommandSpec<Options>) {
    this.spec = spec;
  }

  /**
   * @returns the options given; null when the user wants the help
   * @throws UserError (exit code 2) on an unknown option, an option without its value, or an argument that is not an option
   */
  parse(argv: string[]): Values<Options> | null {
    return this.parseWords(argv)?.values ?? null;
  }

  /**
   * As `parse`, for a command that takes words.
   * @returns the words and the options given
   */
  parseWords(argv: string[]): { words: string[]; values: Values<Options> } | null {
    const options: NonNullable<ParseArgsConfig['options']> = { help: { type: 'boolean', short: 'h' } };
    for (const [name, { value }] of Object.entries(this.spec.options))
      options[name] = { type: value === undefined ? 'boolean' : 'string' };
    try {
      // parseArgs of Node is enough: a few options per command
      const { values, positionals: words } = parseArgs({
        ...{ args: argv, options },
        allowPositionals: this.spec.takesWords ?? false,
      });
      if (values.help) return null;
      const flags = Object.entries(this.spec.options).filter(([, { value }]) => value === undefined);
      const absent = Object.fromEntries(flags.map(([name]) => [name, false]));
      return { words, values: { ...absent, ...values } as Values<Options> };
    } catch (error) {
      throw this.wrong(this.describe(error as NodeJS.ErrnoException));
    }
  }

  /** The text of `--help`. */
  get help(): string {
    const { usage, summary, options, notes, exitCodes } = this.spec;
    const rows = Object.entries<Option>(options).map(([name, { value, help }]): [string, string] => [
      `--${name}${value === undefined ? '' : ` ${value}`}`,
      help,
    ]);
    const codes = (exitCodes ?? []).map(([code, meaning]): [string, string] => [String(code), meaning]);
    return [
      summary,
      `Usage: ${usage}`,
      `Options:\n${columns([...rows, ['-h, --help', 'show this help']])}`,
      ...(notes ? [notes] : []),
      ...(codes.length > 0 ? [`Exit codes:\n${columns(codes)}`] : []),
    ].join('\n\n');
  }

  /** The error for an option that is wrong: exit code 2, with the usage. */
  wrong(message: string): UserError {
    const { usage } = this.spec;
    const [command] = usage.split(' -- ');
    return new UserError(`${message}\n\nUsage: ${usage}\nRun \`${command} -- --help\` for all options.`, EXIT.usage);
  }

  private describe({ code, message }: NodeJS.ErrnoException): string {
    const name = /'(?:-\w, )?--?([\w-]+)/.exec(message)?.[1] ?? '';
    if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') {
      const meant = nearest(name, Object.keys(this.spec.options));
      return `Unknown option --${name}.${meant ? ` Did you mean --${meant}?` : ''}`;
    }
    if (code === 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE') {
      const value = this.spec.options[name]?.value;
      return value === undefined ? `--${name} takes no value.` : `--${name} needs a value, such as --${name} ${value}.`;
    }
    if (code === 'ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL') {
      const argument = /'([^']*)'/.exec(message)?.[1];
      // without `--`, npm keeps the options for itself and passes on their values only
      return `Unexpected argument ${argument}. Options go after \`--\`, as in: ${this.spec.usage}`;
    }
    return message;
  }
}

/** Two aligned columns, indented. */
function columns(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows
    .map(([left, right]) => `  ${left.padEnd(width)}  ${right.replaceAll('\n', `\n${' '.repeat(width + 4)}`)}`)
    .join('\n');
}

/** At most this many letters of a misspelt option are wrong. */
const MISSPELT_LETTERS = 2;

function nearest(name: string, names: readonly string[]): string | null {
  const [best] = names
    .map((candidate) => ({ candidate, distance: editDistance(name, candidate) }))
    .filter(({ candidate, distance }) => distance <= MISSPELT_LETTERS || candidate.startsWith(name))
    .sort((a, b) => a.distance - b.distance);
  return best?.candidate ?? null;
}

/** Levenshtein distance: the fewest letters to insert, delete or replace to make `b` of `a`. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
    row = next;
  }
  return row[b.length]!;
}
