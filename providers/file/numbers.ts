/** Digits in groups of three: `1,234`, `1,234,567` and `1,234.5`; a number does not begin with a group of zeros. */
const GROUPED = {
  '.': /^[-+]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?$/,
  ',': /^[-+]?[1-9]\d{0,2}(\.\d{3})+(,\d*)?$/,
};
/** One group alone: `1,234` and `1.234` may also be decimals. */
const AMBIGUOUS = /^[-+]?[1-9]\d{0,2}([.,])\d{3}$/;
const DECIMAL = /^[-+]?\d*([.,])\d+$/;
const INTEGER_OR_DECIMAL = /^\d+(\.\d+)?$/;
const PLAIN = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;
const UNKNOWN = /^(-|null|nan|n\/a|na)?$/i;
/** Powers of ten of volumes such as `46.42M`. */
const UNITS: Record<string, number> = { k: 3, m: 6, b: 9 };

/** What separates the decimals. */
type Mark = '.' | ',';

/** What cells show about their decimal mark. */
interface Shown {
  /** The marks that cells with groups prove, each with such a cell: nobody writes `1.234.567` for anything else. */
  grouped: Map<Mark, string>;
  /** Those that other cells prove, such as `10,5`. */
  single: Map<Mark, string>;
  /** Cells that prove nothing, by the mark that is in them. */
  ambiguous: Map<Mark, string>;
}

/** How the numbers of a file are to be read. */
export interface NumberFormat {
  /** Null if that is unclear: only numbers without doubt are read. */
  mark: Mark | null;
  /** What is unclear, in words. */
  doubt: string | null;
}

/** What a file says about its numbers besides the numbers. */
export interface Hints {
  /** A semicolon is there because commas are in the numbers. */
  delimiter: string;
  /** Whether the names of its columns are in a language with decimal commas. */
  isForeign: boolean;
}

/** Without a currency sign, and without the blanks and apostrophes that group digits. */
const bare = (cell: string) =>
  cell
    .trim()
    .replace(/^[$€£¥]\s*/, '')
    .replace(/[\s'’](?=\d{3})/g, '');

/**
 * How the prices and the volumes of a file are written. Each show that themselves. Groups show it for both, and prices for
 * volumes that do not show it.
 */
export function numberFormats(
  prices: Iterable<string>,
  volumes: Iterable<string>,
  hints: Hints,
): { price: NumberFormat; volume: NumberFormat } {
  const [ofPrices, ofVolumes] = [shownBy(prices), shownBy(volumes)];
  const price = formatOf(ofPrices, new Map([...ofVolumes.grouped, ...ofPrices.grouped, ...ofPrices.single]), hints);
  const own = new Map([...ofPrices.grouped, ...ofVolumes.grouped, ...ofVolumes.single]);
  return { price, volume: formatOf(ofVolumes, own.size > 0 ? own : ofPrices.single, hints) };
}

const markOf = (pattern: RegExp, text: string) => pattern.exec(text)?.[1] as Mark | undefined;

function shownBy(cells: Iterable<string>): Shown {
  const shown: Shown = { grouped: new Map(), single: new Map(), ambiguous: new Map() };
  for (const cell of cells) {
    const hasComma = cell.includes(',');
    if (!hasComma && (shown.single.has('.') || !cell.includes('.'))) continue; // most cells: they show nothing new
    const text = /^[\d.,]+$/.test(cell) ? cell : bare(cell).replace(/[kmb]$/i, '');
    const ambiguous = markOf(AMBIGUOUS, text);
    if (ambiguous) {
      shown.ambiguous.set(ambiguous, cell.trim());
      continue;
    }
    const grouped = (['.', ','] as const).find((mark) => GROUPED[mark].test(text));
    const single = markOf(DECIMAL, text);
    if (grouped) shown.grouped.set(grouped, cell.trim());
    else if (single) shown.single.set(single, cell.trim());
  }
  return shown;
}

function formatOf({ ambiguous }: Shown, proofs: Map<Mark, string>, { delimiter, isForeign }: Hints): NumberFormat {
  const unclear = (doubt: string): NumberFormat => ({ mark: null, doubt });
  if (proofs.size > 1) {
    const [one, other] = proofs.values();
    return unclear(`its numbers, such as ${one} and ${other}, have now a decimal comma, now a decimal point`);
  }
  const [proved] = proofs.keys();
  if (proved) return { mark: proved, doubt: null };
  const [comma, point] = [ambiguous.get(','), ambiguous.get('.')];
  if (comma !== undefined)
    return delimiter === ';' && point === undefined
      ? { mark: ',', doubt: null }
      : unclear(
          `the comma in its numbers, such as ${comma}, may be a decimal mark or group digits: write them without one`,
        );
  if (point !== undefined && (delimiter === ';' || isForeign))
    return unclear(
      `the point in its numbers, such as ${point}, may be a decimal mark or group digits: write them without groups, or with four decimals`,
    );
  return { mark: '.', doubt: null };
}

/** Reads numbers: null for an empty cell, and NaN for one that is no number, which a rule then refuses. */
export const numberReader =
  ({ mark }: NumberFormat): ((cell: string) => number | null) =>
  (cell) => {
    if (mark !== ',' && INTEGER_OR_DECIMAL.test(cell)) return Number(cell); // most cells: this is the fast way
    const [, digits, unit = ''] = /^(.*?)([kmb]?)$/i.exec(bare(cell))!;
    if (UNKNOWN.test(digits! + unit)) return null;
    return numberOf(withPoint(digits!, mark), UNITS[unit.toLowerCase()] ?? 0);
  };

function withPoint(text: string, mark: Mark | null): string {
  if (mark === '.') return GROUPED['.'].test(text) ? text.replaceAll(',', '') : text;
  if (mark === null || !(GROUPED[','].test(text) || markOf(DECIMAL, text) === ',')) return text;
  return text.replaceAll('.', '').replace(',', '.');
}

function numberOf(text: string, power: number): number {
  if (!PLAIN.test(text)) return Number.NaN;
  return Number(power === 0 ? text : `${text}e${power}`);
}
