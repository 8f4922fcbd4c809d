import type { RawPayload } from '../provider.js';
import { elementsOf, membersOf, type Slice, startOf } from './json-slices.js';
import { urlOfPart } from './request-url.js';

/**
 * Cuts a payload of several symbols into one per symbol: each has the pages of the response, with the rows of its symbol
 * as they were sent and without those of the others. A symbol that the response leaves out has an empty one.
 * @param payload valid JSON: one page, or an array of pages
 */
export function partsOf(payload: RawPayload, symbols: readonly string[]): RawPayload[] {
  const text = payload.body.toString('utf8');
  const at = startOf(text);
  const isJoined = text[at] === '[';
  const pages = (isJoined ? elementsOf(text, at).map(({ start }) => start) : [at]).map((start) => pageAt(text, start));
  return symbols.map((symbol) => {
    const own = pages.map((page) => page(symbol));
    const body = isJoined ? `[${own.map((part) => part.text).join(',')}]` : own[0]!.text;
    return {
      ...payload,
      url: urlOfPart(payload.url, symbol, symbols.length),
      body: Buffer.from(body),
      rows: own.reduce((sum, { rows }) => sum + rows, 0),
    };
  });
}

interface Part {
  text: string;
  /** Rows of bars. */
  rows: number;
}

/** What a page has of a symbol. */
function pageAt(text: string, at: number): (symbol: string) => Part {
  const page = membersOf(text, at);
  const token = page.get('next_page_token');
  const end = token ? `,"next_page_token":${text.slice(token.start, token.end)}}` : '}';
  const actions = page.get('corporate_actions');
  if (actions) {
    const bySymbol = actionsBySymbol(text, actions);
    return (symbol) => ({
      text: `{"corporate_actions":${objectOf(bySymbol.get(symbol) ?? new Map<string, string[]>())}${end}`,
      rows: 0,
    });
  }
  const all = page.get('bars');
  if (!all) return () => ({ text: '{}', rows: 0 }); // what parsing it refuses
  const bars = membersOf(text, all.start);
  return (symbol) => {
    const slice = bars.get(symbol);
    if (!slice) return { text: `{"bars":{}${end}`, rows: 0 };
    const rows = elementsOf(text, slice.start).length;
    return { text: `{"bars":{${JSON.stringify(symbol)}:${text.slice(slice.start, slice.end)}}${end}`, rows };
  };
}

type ActionsByKind = Map<string, string[]>;

function actionsBySymbol(text: string, { start }: Slice): Map<string, ActionsByKind> {
  const bySymbol = new Map<string, ActionsByKind>();
  for (const [kind, actions] of membersOf(text, start)) {
    for (const { start: from, end } of elementsOf(text, actions.start)) {
      const action = text.slice(from, end);
      const symbol = (JSON.parse(action) as { symbol?: unknown } | null)?.symbol;
      if (typeof symbol !== 'string') continue; // of a merger or a change of name
      const byKind = bySymbol.get(symbol) ?? new Map<string, string[]>();
      byKind.set(kind, [...(byKind.get(kind) ?? []), action]);
      bySymbol.set(symbol, byKind);
    }
  }
  return bySymbol;
}

const objectOf = (byKind: ActionsByKind): string =>
  `{${[...byKind].map(([kind, actions]) => `${JSON.stringify(kind)}:[${actions.join(',')}]`).join(',')}}`;
