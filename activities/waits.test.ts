import { expect, it } from 'vitest';
import { Context } from '@temporalio/activity';
import { MockActivityEnvironment } from '@temporalio/testing';
import type pg from 'pg';
import pino from 'pino';
import { ActivityInterceptor } from './interceptor.js';
import { sleepWaitingFor } from './waits.js';

it('the heartbeats of an activity say what it waits for, for as long as it does', async () => {
  const closures = { refresh: () => Promise.resolve() };
  const environment = new MockActivityEnvironment(undefined, {
    interceptors: [
      (context) => ({ inbound: new ActivityInterceptor(context, {} as pg.Pool, closures, pino({ level: 'silent' })) }),
    ],
  });
  const heartbeats: unknown[] = [];
  environment.on('heartbeat', (details: unknown) => heartbeats.push(details));
  const has = async (count: number) => {
    while (heartbeats.length < count) await Context.current().sleep(50);
  };
  await environment.run(async () => {
    await sleepWaitingFor('a permit of Yahoo Finance', 2_000); // as long as a heartbeat of the interceptor takes
    await has(heartbeats.length + 1);
  });
  expect(heartbeats[0]).toBe('a permit of Yahoo Finance');
  expect(heartbeats.filter((details) => details !== undefined).length).toBeGreaterThan(1);
  expect(heartbeats.at(-1)).toBeUndefined();
});
