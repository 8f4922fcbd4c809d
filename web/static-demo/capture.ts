import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { keyOf, type RecordingIndex } from '../lib/api/recorded';

/** Keeps the responses to all requests that the dashboard's client sends from here on. Import it before the client. */
const kept = new Map<string, string>();
const send = globalThis.fetch;
globalThis.fetch = async (input, init) => {
  const response = await send(input, init);
  if (input instanceof Request && input.method === 'GET' && response.ok)
    kept.set(keyOf(new URL(input.url)), await response.clone().text());
  return response;
};

/** Writes what was kept, equal responses once. @returns how many requests it answers, and its size in bytes */
export function writeRecording(folder: string): { requests: number; bytes: number } {
  mkdirSync(folder, { recursive: true });
  const index: RecordingIndex = {};
  const numbers = new Map<string, number>();
  let bytes = 0;
  const write = (file: string, text: string) => {
    writeFileSync(join(folder, `${file}.json`), text);
    bytes += text.length;
  };
  for (const [key, text] of kept) {
    const hash = createHash('sha256').update(text).digest('hex');
    let number = numbers.get(hash);
    if (number === undefined) {
      number = numbers.size;
      numbers.set(hash, number);
      write(String(number), text);
    }
    index[key] = number;
  }
  write('index', JSON.stringify(index));
  return { requests: kept.size, bytes };
}
