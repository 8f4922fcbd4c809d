'use client';
import { QueryClientProvider } from '@tanstack/react-query';
import { useEffect, useState, type ReactNode } from 'react';
import { TokenDialog } from '../components/shell/token-dialog';
import { createQueryClient } from '../lib/api/query-client';
import { warmUpTimes } from '../lib/time';

export function Providers({ children }: { children: ReactNode }) {
  const [client] = useState(createQueryClient);
  useEffect(() => {
    const timer = setTimeout(warmUpTimes);
    return () => clearTimeout(timer);
  }, []);
  return (
    <QueryClientProvider client={client}>
      {children}
      <TokenDialog />
    </QueryClientProvider>
  );
}
