import { expect, it } from 'vitest';
import fc from 'fast-check';
import { elementsOf, membersOf, startOf } from './json-slices.js';

const slicesOf = (text: string) => {
  const at = startOf(text);
  const slice = ({ start, end }: { start: number; end: number }) => text.slice(start, end);
  return text[at] === '['
    ? elementsOf(text, at).map(slice)
    : Object.fromEntries([...membersOf(text, at)].map(([name, place]) => [name, slice(place)]));
};

it('slices hold each element and member of any JSON, however it is indented', () => {
  const values = fc.oneof(
    fc.array(fc.jsonValue()),
    fc.dictionary(fc.string(), fc.jsonValue(), { noNullPrototype: true }),
  );
  fc.assert(
    fc.property(values, fc.constantFrom(0, 2), (value, indent) => {
      const slices = slicesOf(JSON.stringify(value, null, indent));
      const parsed = Array.isArray(slices)
        ? slices.map((slice) => JSON.parse(slice) as unknown)
        : Object.fromEntries(Object.entries(slices).map(([name, slice]) => [name, JSON.parse(slice) as unknown]));
      expect(parsed).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

it('slices are as they were sent', () => {
  expect(slicesOf('\uFEFF {"a" : 1.50 , "b":[ 1e3,"]"],"c":null}')).toEqual({ a: '1.50', b: '[ 1e3,"]"]', c: 'null' });
  expect(slicesOf('[ 1.0,"\\"]" , {} ]')).toEqual(['1.0', '"\\"]"', '{}']);
  expect([slicesOf('[]'), slicesOf('{ }')]).toEqual([[], {}]);
});

it('there are none in another value', () => {
  for (const text of ['null', '1', '"}"', 'true']) expect(membersOf(text, 0).size + elementsOf(text, 0).length).toBe(0);
});
