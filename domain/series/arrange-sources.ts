/** What decides in which order the sources of an asset are served. */
export interface RankedSource {
  id: number;
  /** From 1 on; each source of an asset has its own. */
  rank: number;
  role: 'serve' | 'check';
}

/**
 * Ranks the sources of an asset anew after a change of one of them: those in between move by one. Sources that are only
 * compared come after those that serve, so that the first always serves.
 * @param sources of one asset, in any order
 * @param change of the source with this id; what it leaves out stays
 * @returns all of them, by rank, without gaps from 1 on
 */
export function arrangeSources(
  sources: readonly RankedSource[],
  change: Pick<RankedSource, 'id'> & Partial<RankedSource>,
): RankedSource[] {
  const ordered = sources.toSorted((a, b) => a.rank - b.rank);
  const at = ordered.findIndex(({ id }) => id === change.id);
  const [source] = ordered.splice(at, 1);
  ordered.splice(change.rank === undefined ? at : change.rank - 1, 0, { ...source!, ...change });
  const isServed = ({ role }: RankedSource) => role === 'serve';
  const arranged = [...ordered.filter(isServed), ...ordered.filter((one) => !isServed(one))];
  return arranged.map(({ id, role }, i) => ({ id, role, rank: i + 1 }));
}
