import { describe, expect, it } from 'vitest';
import { CommandLine } from './command-line.js';
import { EXIT } from './exit-codes.js';

const command = new CommandLine({
  usage: 'npm run mix -- [options]',
  summary: 'Mixes a drink.',
  options: {
    spirit: { value: 'gin', help: 'what it is made of' },
    'with-ice': { help: 'adds ice' },
  },
  exitCodes: [[EXIT.ok, 'the drink is ready']],
});

describe('the command line', () => {
  it('parses values and flags; a flag that is not given is false', () => {
    expect(command.parse(['--spirit', 'rum', '--with-ice'])).toEqual({ spirit: 'rum', 'with-ice': true });
    expect(command.parse([])).toEqual({ 'with-ice': false });
  });

  it.each(['--help', '-h'])('returns null for %s', (flag) => {
    expect(command.parse(['--spirit', 'rum', flag])).toBeNull();
  });

  it('describes every option and exit code in aligned columns', () => {
    expect(command.help).toBe(`Mixes a drink.

Usage: npm run mix -- [options]

Options:
  --spirit gin  what it is made of
  --with-ice    adds ice
  -h, --help    show this help

Exit codes:
  0  the drink is ready`);
  });

  it.each([
    [['--spirt', 'gin'], 'Unknown option --spirt. Did you mean --spirit?'],
    [['--with'], 'Unknown option --with. Did you mean --with-ice?'],
    [['--garnish'], 'Unknown option --garnish.\n'],
    [['--spirit'], '--spirit needs a value, such as --spirit gin.'],
    [['--with-ice=yes'], '--with-ice takes no value.'],
    [['rum'], 'Unexpected argument rum. Options go after `--`, as in: npm run mix -- [options]'],
  ])('refuses %j with a hint, exit code 2', (argv, message) => {
    const attempt = () => command.parse(argv);
    expect(attempt).toThrow(message);
    expect(attempt).toThrow('Run `npm run mix -- --help` for all options.');
    expect(attempt).toThrow(expect.objectContaining({ exitCode: EXIT.usage }));
  });
});
