/** Prints what a long benchmark is doing, at most once per interval. */
export function progressLines(intervalMs: number): (line: string) => void {
  let last = performance.now();
  return (line) => {
    if (performance.now() - last < intervalMs) return;
    last = performance.now();
    console.log(`  ${line}`);
  };
}
