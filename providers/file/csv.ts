/** Delimiters, by how often they are in the first line. */
const DELIMITERS = [',', ';', '\t'] as const;

/** The cells of a text with delimiters (RFC 4180), row by row; empty lines are left out. */
export function cellsOf(text: string): string[][] {
  const source = text.charCodeAt(0) === 0xfe_ff ? text.slice(1) : text;
  const firstLine = source.slice(0, source.search(/\r|\n|$/));
  const counts = DELIMITERS.map((delimiter) => firstLine.split(delimiter).length);
  const delimiter = DELIMITERS[counts.indexOf(Math.max(...counts))]!;
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
