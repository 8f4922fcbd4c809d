import { expect, it } from 'vitest';
import { Runtime } from '@temporalio/worker';
import { freePort } from '../cli/lib/ports.js';
import { eventually } from '../test/environment/eventually.js';
import { observePool } from './observe-pool.js';

it('exports the connections of a worker in its metrics', async () => {
  const bindAddress = `127.0.0.1:${await freePort()}`;
  Runtime.install({ telemetryOptions: { metrics: { prometheus: { bindAddress } } } });
  const timer = observePool(Runtime.instance().metricMeter, { totalCount: 5, idleCount: 3, waitingCount: 1 });
  await eventually(async () => {
    const text = await (await fetch(`http://${bindAddress}/metrics`)).text();
    for (const [state, count] of Object.entries({ busy: 2, idle: 3, waiting: 1 }))
      expect(text).toMatch(new RegExp(`^barkeep_database_connections\\{.*state="${state}".*\\} ${count}$`, 'm'));
  });
  clearInterval(timer);
});
