const DELIMITERS = [',', ';', '\t', '|'] as const;

/**
 * The text of a file: UTF-8 or UTF-16 with its mark, else UTF-8, and where that is not valid, Windows-1252, as
 * spreadsheets write it.
 */
export function textOf(body: Uint8Array): string {
  const [first, second] = body;
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(body);
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(body);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    return new TextDecoder('windows-1252').decode(body);
  }
}

/** The delimiter of a text: the one that is most often in the first line. */
export function delimiterOf(text: string): string {
  const firstLine = text.slice(0, text.search(/\r|\n|$/));
  const counts = DELIMITERS.map((delimiter) => firstLine.split(delimiter).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))]!;
}

/** The cells of a text with delimiters (RFC 4180), row by row; empty lines are left out. */
export function cellsOf(source: string, delimiter = delimiterOf(source)): string[][] {
  // without a quote, lines and cells are where they seem to be
  if (!source.includes('"'))
    return source.split(/\r\n|\n|\r/).flatMap((line) => (line === '' ? [] : [line.split(delimiter)]));
  return quotedCells(source, delimiter);
}

function quotedCells(source: string, delimiter: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let isQuoted = false;
  const endCell = () => {
    row.push(cell);
    cell = '';
  };
  const endRow = () => {
    endCell();
    if (row.length > 1 || row[0] !== '') rows.push(row);
    row = [];
  };
  for (let i = 0; i < source.length; i++) {
    const char = source[i]!;
    if (isQuoted && char === '"' && source[i + 1] === '"') {
      cell += '"';
      i++;
    } else if (char === '"') isQuoted = !isQuoted;
    else if (isQuoted) cell += char;
    else if (char === delimiter) endCell();
    else if (char === '\n') endRow();
    else if (char !== '\r') cell += char;
  }
  endRow();
  return rows;
}
