import { WORKFLOWS } from './workflows.js';

/** The types of workflows, such as "StocksWorkflow". */
export type WorkflowType = (typeof WORKFLOWS)[keyof typeof WORKFLOWS];

const ROW = 'Its row in `pipeline_runs` and the dashboard show what it stored; `BarkeepStatus` says how it ended.';
const WAITING =
  'Pending Activities shows what it is waiting for: the last failure of an extract says whether the provider is blocked or a permit is awaited, and when the next attempt is.';

/** What a run does and where to look next, in Markdown, for Temporal's Web UI. */
export const DETAILS: Readonly<Record<WorkflowType, string>> = {
  [WORKFLOWS.stocks]: `Requests what has closed since the watermark of each stock, in one request per asset, and stores the bars that are final.\n\n${WAITING}\n\n${ROW}`,
  [WORKFLOWS.crypto]: `Requests live prices of coins, and the candles that have become final, and stores them.\n\n${WAITING}\n\n${ROW}`,
  [WORKFLOWS.backfill]: `Fills in what is missing in a range, asset by asset, at no more than half of a provider's rate. The query \`progress\` counts its requests. The Update \`resize\` changes how many are in progress at a time; \`approve\` starts it, if it is waiting for approval. It can be cancelled: what is stored stays.\n\n${WAITING}\n\n${ROW}`,
  [WORKFLOWS.heal]: `Finds gaps and fills them: from stored payloads first, then from the providers. The query \`progress\` counts its requests.\n\n${WAITING}\n\n${ROW}`,
  [WORKFLOWS.verify]: `Fetches stored sessions again, so that late corrections become revisions. The query \`progress\` counts its requests.\n\n${WAITING}\n\n${ROW}`,
  [WORKFLOWS.adjust]: `Brings an asset to its price level after a split, in one transaction. Until it has succeeded, loads of the asset are held back.\n\n${WAITING}\n\n${ROW}`,
  [WORKFLOWS.release]: `Loads a stored payload again, with the row that an operator has released from the quarantine. It sends no request.\n\n${ROW}`,
  [WORKFLOWS.page]: `Part of a run with many assets: plans the requests of some of them, and carries them out. Its steps are in the row of that run.\n\n${WAITING}`,
  [WORKFLOWS.lookUp]:
    'Asks a provider what it has prices of: a search, or all about some symbols that a person wants to follow. It stores nothing; its result is the answers.',
  [WORKFLOWS.reconcile]:
    'Compares `pipeline_runs` with Temporal, and closes the rows of runs that ended without closing them. It has no row itself; its result is the number of rows that it corrected.',
  [WORKFLOWS.alerts]:
    'Evaluates whether anything is wrong that someone should know about, and opens and closes alerts: `/api/alerts` and the bell of the dashboard list them. It has no row in `pipeline_runs`; its result counts what it opened and closed.',
  [WORKFLOWS.alertDelivery]:
    'Sends messages about alerts to the webhook and by mail, one after another, until nothing is left to tell. Pending Activities shows why the receiver did not take the last one, and when the next attempt is. A message is tried for a day.',
  [WORKFLOWS.housekeeping]:
    'Deletes what is past its retention, and merges rows of the quarantine that earlier releases listed once per payload. It has no row in `pipeline_runs`; its result counts what it deleted.',
  [WORKFLOWS.backup]:
    'Takes a base copy of the database into BACKUP_DIR, checks it, and deletes the copies beyond BACKUP_KEEP. It has no row in `pipeline_runs`; its result names the copy.',
};
