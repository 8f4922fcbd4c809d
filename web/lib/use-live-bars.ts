import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { AssetRef } from './api/types';
import { RECORDING } from './recording';
import { LiveBarsStream, type LiveState } from './live-bars-stream';

/** Merges the bars of some assets into the cached responses as the API stores them. */
export function useLiveBars(assets: readonly AssetRef[]): LiveState {
  const client = useQueryClient();
  const [state, setState] = useState<LiveState>(RECORDING === null ? 'connecting' : 'recorded');
  const symbols = assets.map(({ symbol }) => symbol).join(',');
  useEffect(() => {
    if (RECORDING !== null) return;
    const stream = new LiveBarsStream(client, symbols.split(','), setState);
    return () => stream.close();
  }, [client, symbols]);
  return state;
}
