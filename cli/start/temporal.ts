import { devNull } from 'node:os';
import {
  namesTemporal,
  plainTemporal,
  readTemporalConfig,
  type TemporalConfig,
} from '../../contracts/temporal-config.js';
import type { Ports } from './addresses.js';
import type { MarketMode } from './market.js';

/** Variables of this project, which Temporal's own tools do not know. */
const OURS = ['TEMPORAL_PORT', 'TEMPORAL_UI_PORT', 'TEMPORAL_UI_URL'];

/** The server that a start uses. */
export interface TemporalChoice {
  /** Whether the start runs the server itself. */
  embedded: boolean;
  config: TemporalConfig;
  /** The environment of the other programs, so that they find the same server. */
  variables: NodeJS.ProcessEnv;
}

/**
 * Uses an embedded server unless a variable names another one. The profiles of the user's own configuration file count
 * only if a variable asks for one: they belong to other work.
 * @throws EnvError if the variables or the profile that they name are wrong
 */
export function chooseTemporal(source: NodeJS.ProcessEnv, mode: MarketMode, ports: Ports): TemporalChoice {
  const ownNamespace = mode === 'sandbox' ? 'sandbox' : 'default';
  if (namesTemporal(source)) {
    const config = readTemporalConfig(source, ownNamespace);
    return { embedded: false, config, variables: { ...source, TEMPORAL_NAMESPACE: config.namespace } };
  }
  const address = `127.0.0.1:${ports.temporal}`;
  const namespace = source.TEMPORAL_NAMESPACE || ownNamespace;
  const others = Object.entries(source).filter(([name]) => !name.startsWith('TEMPORAL_') || OURS.includes(name));
  return {
    embedded: true,
    config: plainTemporal(address, namespace),
    variables: {
      ...Object.fromEntries(others),
      TEMPORAL_ADDRESS: address,
      TEMPORAL_NAMESPACE: namespace,
      TEMPORAL_CONFIG_FILE: devNull,
    },
  };
}
