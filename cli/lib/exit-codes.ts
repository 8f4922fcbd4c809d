/** Exit codes of the commands. */
export const EXIT = {
  ok: 0,
  failed: 1,
  /** Wrong options or environment variables: nothing was done. */
  usage: 2,
  /** `npm run backfill`: some of the work failed. */
  partial: 3,
  /** `npm start`: the database belongs to another market; worker/setup.ts ends with it too. */
  otherMarket: 3,
  /** Ctrl-C: 128 + the number of SIGINT, as shells report it. */
  interrupted: 130,
} as const;
