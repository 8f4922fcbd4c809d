import { useEffect, useState } from 'react';

/** The browser's clock, ticking every second, epoch ms: for the age of a response, never for market time. */
export function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
