'use client';
import { QueryClientProvider } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { TokenDialog } from '../components/shell/token-dialog';
import { createQueryClient } from '../lib/api/query-client';

export function Providers({ children }: { children: ReactNode }) {
  const [client] = useState(createQueryClient);
  return (
    <QueryClientProvider client={client}>
      {children}
      <TokenDialog />
    </QueryClientProvider>
  );
}
