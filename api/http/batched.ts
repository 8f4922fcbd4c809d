/**
 * Makes one question of many: what is asked in one turn of the event loop is asked together. Nothing is kept, and a
 * question leaves only after all who ask it have come, so each gets what was committed before.
 * @param ask answers keys in their order; where it fails, all fail that were asked together
 */
export function batched<K, V>(ask: (keys: K[]) => Promise<V[]>): (key: K) => Promise<V> {
  let open: { keys: K[]; answers: Promise<V[]> } | null = null;
  const begin = () => {
    const keys: K[] = [];
    // after the requests that came in this turn
    const sent = new Promise<void>((resolve) => setImmediate(resolve));
    const answers = sent.then(() => {
      open = null;
      return ask(keys);
    });
    return { keys, answers };
  };
  return async (key) => {
    const { keys, answers } = (open ??= begin());
    const place = keys.push(key) - 1;
    return (await answers)[place]!;
  };
}
