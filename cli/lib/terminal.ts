const colours = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 };

/** Output for people: colours and lines that update in place on a terminal, plain lines elsewhere. */
export class Terminal {
  readonly interactive: boolean;
  private readonly out: NodeJS.WriteStream;
  private readonly coloured: boolean;
  private updating = false;

  constructor(out: NodeJS.WriteStream = process.stdout) {
    this.out = out;
    this.interactive = Boolean(out.isTTY);
    this.coloured = this.interactive && !process.env.NO_COLOR;
    // a terminal that was closed: we still have processes to stop
    out.on('error', () => {});
  }

  readonly line = (text: string): void => {
    this.settle();
    this.out.write(`${text}\n`);
  };

  /** A line that the next one replaces. Only on a terminal. */
  update(text: string): void {
    if (!this.interactive) return;
    this.out.write(`\r\x1b[2K${text.slice(0, (this.out.columns || 80) - 1)}`);
    this.updating = true;
  }

  colour(name: keyof typeof colours, text: string): string {
    return this.coloured ? `\x1b[${colours[name]}m${text}\x1b[0m` : text;
  }

  /** Keeps the line that is being updated as it is now. */
  settle(): void {
    if (this.updating) this.out.write('\n');
    this.updating = false;
  }
}
