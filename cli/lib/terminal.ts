const DEFAULT_COLUMNS = 80;
/** SGR parameters of ANSI terminals. */
const colours = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 };

/** Output for people: on a terminal with colours and a line that updates in place, elsewhere plain lines. */
export class Terminal {
  readonly interactive: boolean;
  private readonly out: NodeJS.WriteStream;
  private readonly coloured: boolean;
  private updating = false;

  constructor(out: NodeJS.WriteStream = process.stdout) {
    this.out = out;
    this.interactive = Boolean(out.isTTY);
    this.coloured = this.interactive && !process.env.NO_COLOR;
    // the terminal may be closed while we still have processes to stop
    out.on('error', () => {});
  }

  readonly line = (text: string): void => {
    this.settle();
    this.out.write(`${text}\n`);
  };

  /** Prints a line that the next one replaces; only on a terminal. */
  update(text: string): void {
    if (!this.interactive) return;
    this.out.write(`\r\x1b[2K${text.slice(0, (this.out.columns || DEFAULT_COLUMNS) - 1)}`);
    this.updating = true;
  }

  colour(name: keyof typeof colours, text: string): string {
    return this.coloured ? `\x1b[${colours[name]}m${text}\x1b[0m` : text;
  }

  /** Ends the line that is being updated. */
  settle(): void {
    if (this.updating) this.out.write('\n');
    this.updating = false;
  }
}
