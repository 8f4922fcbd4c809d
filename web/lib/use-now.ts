import { useEffect, useState } from 'react';

/** The browser's clock, each second: for how old an answer is, never for what a market does. Epoch ms. */
export function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
