import { type Exchange } from './exchange.js';
import { type Faults } from './faults.js';
import { type Ledger } from './ledger.js';
import { type Traffic } from './traffic.js';

/** The state that the `/__…` pages show and change. */
export interface Inside {
  exchange: Exchange;
  ledger: Ledger;
  faults: Faults;
  traffic: Traffic;
  /** Market clock, epoch ms. */
  clock: () => number;
}
