import { ProviderError } from '../provider.js';

/** `1,234.5`, where commas group digits, and `1.234,5`, where they are the decimal mark: of many cells, both are true. */
const GROUPED = /^[-+]?\d{1,3}(,\d{3})+(\.\d*)?$/;
const DECIMAL_COMMA = /^[-+]?(\d*|\d{1,3}(\.\d{3})+),\d+$/;
const DECIMAL_POINT = /^[-+]?\d*\.(\d{1,2}|\d{4,})$/;
const INTEGER_OR_DECIMAL = /^\d+(\.\d+)?$/;
const PLAIN = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;
const UNKNOWN = /^(-|null|nan|n\/a|na)?$/i;
/** Powers of ten of volumes such as `46.42M`. */
const UNITS: Record<string, number> = { k: 3, m: 6, b: 9 };

/** Without a currency sign, and without the blanks and apostrophes that group digits. */
const bare = (cell: string) =>
  cell
    .trim()
    .replace(/^[$€£¥]\s*/, '')
    .replace(/[\s'’](?=\d{3})/g, '');

/**
 * Reads the numbers of a file: null for an empty cell, and NaN for one that is no number, which a rule then refuses. Whether
 * a comma is the decimal mark or groups digits, all cells together say.
 * @param delimiter between the cells: a semicolon is there because commas are in the numbers
 * @throws ProviderError schema-drift if they do not say so
 */
export function numberReader(cells: Iterable<string>, delimiter: string): (cell: string) => number | null {
  const isDecimal = isDecimalComma(cells, delimiter);
  return (cell) => {
    if (!isDecimal && INTEGER_OR_DECIMAL.test(cell)) return Number(cell); // most cells: this is the fast way
    const [, digits, unit = ''] = /^(.*?)([kmb]?)$/i.exec(bare(cell))!;
    if (UNKNOWN.test(digits! + unit)) return null;
    return numberOf(isDecimal ? withPoint(digits!) : ungrouped(digits!), UNITS[unit.toLowerCase()] ?? 0);
  };
}

const withPoint = (text: string) =>
  DECIMAL_COMMA.test(text) || /^[-+]?\d{1,3}(\.\d{3})+$/.test(text) ? text.replaceAll('.', '').replace(',', '.') : text;
const ungrouped = (text: string) => (GROUPED.test(text) ? text.replaceAll(',', '') : text);

function numberOf(text: string, power: number): number {
  if (!PLAIN.test(text)) return Number.NaN;
  return Number(power === 0 ? text : `${text}e${power}`);
}

/** The first clear cell decides; others that contradict it are no numbers. */
function isDecimalComma(cells: Iterable<string>, delimiter: string): boolean {
  let unclear = '';
  for (const cell of cells) {
    if (!/[,.]/.test(cell)) continue;
    const text = bare(cell).replace(/[kmb]$/i, '');
    const [isGrouped, isDecimal] = [GROUPED.test(text), DECIMAL_COMMA.test(text)];
    if (isDecimal && !isGrouped) return true;
    if (DECIMAL_POINT.test(text) || (isGrouped && !isDecimal)) return false;
    if (isGrouped) unclear ||= cell.trim();
  }
  if (unclear && delimiter !== ';')
    throw new ProviderError(
      'schema-drift',
      `the comma in its numbers, such as ${unclear}, may be a decimal mark or group digits: write them without one`,
    );
  return unclear !== '';
}
