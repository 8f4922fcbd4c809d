export * from './assets.js';
export * from './audit.js';
export * from './bars.js';
export * from './ingest.js';
export * from './instance.js';
export * from './runs.js';
export { provider, timeframe } from './types.js';
