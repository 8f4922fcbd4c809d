import { Client } from '@temporalio/client';
import { pino } from 'pino';
import { plainTemporal } from '../../contracts/temporal-config.js';
import { connect } from '../../db/client.js';
import { createApp } from '../app.js';
import { TIMING } from '../deps.js';
import { temporalConnection } from '../../contracts/temporal-connection.js';
import { packageVersion } from '../version.js';
import { ratesOf } from '../../config/rates.js';
import { readEnv } from '../../config/env.js';

/** The text of api/openapi.json, for live mode. Needs no database and no Temporal: it connects to neither. */
export async function openApiText(): Promise<string> {
  const database = connect('postgres://nobody@127.0.0.1:1/none');
  const connection = temporalConnection(plainTemporal('127.0.0.1:1', 'default'));
  const app = await createApp({
    database,
    temporal: new Client({ connection }),
    mode: 'live',
    clockOffsetMs: 0,
    temporalUiUrl: 'http://127.0.0.1:8233',
    rates: ratesOf(readEnv({})),
    closures: { closures: [], problems: [] },
    version: packageVersion(),
    allowsHost: () => true,
    corsOrigins: [],
    tokens: { admin: undefined, read: undefined },
    dashboard: null,
    timing: TIMING,
    log: pino({ level: 'silent' }),
    unhandledRejections: () => 0,
    wallNow: () => Date.now(),
  });
  try {
    const { body } = await app.inject({ url: '/openapi.json' });
    return `${JSON.stringify(JSON.parse(body), null, 2)}\n`;
  } finally {
    await app.close();
    await connection.close();
    await database.close();
  }
}
