/** Storage key of the reader's choice; absent = follow the system. */
export const THEME_KEY = 'barkeep.theme';

/**
 * Runs inline before the first paint: sets `data-theme` from the reader's choice or the system, and follows the system
 * while there is no choice. Its hash is part of the page's CSP.
 */
export const THEME_SCRIPT = `(function(){var d=document.documentElement,m=matchMedia('(prefers-color-scheme: dark)');function a(){var t=null;try{t=localStorage.getItem('${THEME_KEY}')}catch(e){}d.dataset.theme=t==='dark'||t==='light'?t:m.matches?'dark':'light'}a();m.addEventListener('change',a);addEventListener('storage',a)})()`;
