/** Something that the command palette can do. */
export interface Command {
  /** Assets, Ranges, Runs, Pages, Actions. */
  group: string;
  id: string;
  label: string;
  /** Further words to find it by. */
  note: string;
  run: () => void;
}

const RANK = { labelStart: 0, wordStart: 1, match: 2, none: 3 } as const;
type Rank = (typeof RANK)[keyof typeof RANK];

/**
 * The commands that match a text, best first within their group: every word of the text is in the label or the note. The group
 * with the best match comes first.
 */
export function findCommands(commands: readonly Command[], text: string): Command[] {
  const words = text.trim().toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [...commands];
  const ranked = commands
    .map((command) => ({ command, rank: rankOf(command, words) }))
    .filter(({ rank }) => rank < RANK.none);
  const best = new Map<string, Rank>();
  for (const { command, rank } of ranked)
    best.set(command.group, Math.min(rank, best.get(command.group) ?? RANK.none) as Rank);
  const order = [...new Set(ranked.map(({ command }) => command.group))];
  ranked.sort(
    (a, b) =>
      best.get(a.command.group)! - best.get(b.command.group)! ||
      order.indexOf(a.command.group) - order.indexOf(b.command.group) ||
      a.rank - b.rank,
  );
  return ranked.map(({ command }) => command);
}

function rankOf({ label, note }: Command, words: readonly string[]): Rank {
  const [name, all] = [label.toLowerCase(), `${label} ${note}`.toLowerCase()];
  if (!words.every((word) => all.includes(word))) return RANK.none;
  const [first] = words;
  if (name.startsWith(first!)) return RANK.labelStart;
  return all.split(/[\s_.]+/).some((part) => part.startsWith(first!)) ? RANK.wordStart : RANK.match;
}
