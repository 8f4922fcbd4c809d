import { useEffect } from 'react';

/** Names the browser's tab while a component is shown; null keeps the page's own title. */
export function useTitle(title: string | null): void {
  useEffect(() => {
    if (title === null) return;
    const own = document.title;
    document.title = title;
    return () => {
      // unless the next page has set its own by now
      if (document.title === title) document.title = own;
    };
  }, [title]);
}
