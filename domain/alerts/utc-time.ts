/** Such as "2026-11-24 15:40 UTC". @param instant epoch ms */
export const utcTime = (instant: number): string =>
  `${new Date(instant).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
