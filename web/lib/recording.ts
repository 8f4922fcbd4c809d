/** The path that the static demo is served under, such as `/barkeep`. Set at build time. */
const demoPath = process.env.NEXT_PUBLIC_DEMO_PATH;

/** Where the recorded responses of the static demo are; null = these pages ask an API. */
export const RECORDING: string | null = demoPath === undefined ? null : `${demoPath.replace(/\/+$/, '')}/recording`;
