import type { components, operations } from './schema';

/** Short names for the API's schemas. */
type Schemas = components['schemas'];

export type Asset = Schemas['AssetList']['assets'][number];
export type AssetSearch = Schemas['AssetSearch'];
export type FoundAsset = Schemas['FoundInstrument'];
/** A provider that can be asked for an asset: a series of one's own cannot be found, unless it is followed already. */
export type AskedProvider = NonNullable<Schemas['FollowRequest']['provider']>;
export type Followed = Schemas['Followed'];
export type AssetRef = Pick<Asset, 'assetClass' | 'symbol'>;
export type Latest = Schemas['LatestList']['assets'][number];
export type SessionCloses = NonNullable<Latest['sparkline']>;
export type Bars = Schemas['Ohlcv'];
export type Bar = Schemas['Bar'];
export type FormingBar = NonNullable<Schemas['Forming']['bar']>;
export type Lineage = Schemas['Lineage'];
export type Market = Schemas['MarketsStatus']['markets'][number];
export type MarketClosures = Schemas['MarketClosures'];
export type Closure = MarketClosures['closures'][number];
export type Alert = Schemas['Alert'];
export type AlertRule = Schemas['AlertRule'];
export type NewAlertRule = Schemas['NewAlertRule'];
export type Status = Schemas['PipelineStatus'];
export type Pipeline = Status['pipelines'][number];
export type Freshness = Pipeline['freshness'][number];
export type Run = Schemas['Run'];
export type RunKey = Pick<Run, 'workflowId' | 'runId'>;
export type RunDetail = Schemas['RunDetail'];
export type RunStep = RunDetail['steps'][number];
export type Schedule = Schemas['Schedule'];
export type Timeline = Schemas['PipelineTimeline'];
export type TimelineRange = NonNullable<QueryOf<'pipelineTimeline'>['range']>;
export type TimelineBucket = Timeline['pipelines'][number]['slots'][number];
export type Backfill = Schemas['Backfill'];
export type BackfillPlan = Schemas['BackfillPlan'];
export type BackfillRequest = Schemas['BackfillRequest'];
export type CoverageMatrix = Schemas['CoverageMatrix'];
export type CoverageSession = Schemas['Coverage']['sessions'][number];
export type Comparison = Schemas['Comparison'];
export type Provider = Schemas['Providers']['providers'][number];
export type RejectedBar = Schemas['RejectedBar'];
export type Revision = Schemas['RevisionPage']['revisions'][number];
export type IndicatorList = Schemas['IndicatorList'];
export type IndicatorRow = Schemas['Indicators'];
export type Actions = Schemas['Actions'];
export type CoveredSession = Schemas['Coverage']['sessions'][number];
export type SessionHours = Schemas['MarketSessions']['sessions'][number];
export type BarsEvent = Schemas['BarsEvent'];
export type RevisionValues = Pick<Revision['before'], 'open' | 'high' | 'low' | 'close' | 'volume'>;

type QueryOf<Operation extends keyof operations> = NonNullable<operations[Operation]['parameters']['query']>;
export type Range = NonNullable<QueryOf<'stockOhlcv'>['range']>;
export type Timeframe = Bars['timeframe'];
export type RunsFilter = QueryOf<'pipelineRuns'>;
export type StoredTimeframe = NonNullable<QueryOf<'coverageMatrix'>['timeframe']>;
export type QuarantineFilter = QueryOf<'quarantine'>;
