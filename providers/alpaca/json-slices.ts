/**
 * Slices of a JSON text: values byte for byte as they were sent, which parsing and writing again would not keep (1.50, 1e3).
 * The text must be valid JSON; its values are strings, numbers, literals, objects and arrays of any depth.
 */

/** A value by its place in a text: from `start` to before `end`. */
export interface Slice {
  start: number;
  end: number;
}

const isSpace = (code: number): boolean => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;

function skipSpace(text: string, at: number): number {
  let i = at;
  while (isSpace(text.charCodeAt(i))) i++;
  return i;
}

/** The end of the string that begins at `at`. */
function endOfString(text: string, at: number): number {
  let i = at + 1;
  while (text[i] !== '"') i += text[i] === '\\' ? 2 : 1;
  return i + 1;
}

/** The end of the value that begins at `at`. */
function endOfValue(text: string, at: number): number {
  let depth = 0;
  for (let i = at; i < text.length; i++) {
    const char = text[i]!;
    if (char === '"') i = endOfString(text, i) - 1;
    else if (char === '{' || char === '[') depth++;
    else if (char === '}' || char === ']') {
      if (depth === 0) return i;
      depth--;
    } else if (depth === 0 && (char === ',' || isSpace(char.charCodeAt(0)))) return i;
    if (depth === 0 && (char === '"' || char === '}' || char === ']')) return i + 1;
  }
  return text.length;
}

/** The elements of the array that begins at `at`; none if another value does. */
export function elementsOf(text: string, at: number): Slice[] {
  const elements: Slice[] = [];
  if (text[at] !== '[') return elements;
  let i = skipSpace(text, at + 1);
  while (text[i] !== ']') {
    const end = endOfValue(text, i);
    elements.push({ start: i, end });
    i = skipSpace(text, end);
    if (text[i] === ',') i = skipSpace(text, i + 1);
  }
  return elements;
}

/** The members of the object that begins at `at`, by name; none if another value does, such as null. */
export function membersOf(text: string, at: number): Map<string, Slice> {
  const members = new Map<string, Slice>();
  if (text[at] !== '{') return members;
  let i = skipSpace(text, at + 1);
  while (text[i] !== '}') {
    const colon = endOfString(text, i);
    const name = JSON.parse(text.slice(i, colon)) as string;
    const start = skipSpace(text, skipSpace(text, colon) + 1);
    const end = endOfValue(text, start);
    members.set(name, { start, end });
    i = skipSpace(text, end);
    if (text[i] === ',') i = skipSpace(text, i + 1);
  }
  return members;
}

/** The place of the outermost value of a text. */
export const startOf = (text: string): number => skipSpace(text, text.startsWith('\uFEFF') ? 1 : 0);
