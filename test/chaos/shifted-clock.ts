/** Preloaded into a process (`node --import`): its JavaScript sees a clock that is CLOCK_SHIFT_MS ahead of the machine's. */
const shiftMs = Number(process.env.CLOCK_SHIFT_MS);
const RealDate = Date;
const now = () => RealDate.now() + shiftMs;

globalThis.Date = new Proxy(RealDate, {
  construct: (target, given: [], self) => Reflect.construct(target, given.length === 0 ? [now()] : given, self) as Date,
  apply: () => new RealDate(now()).toString(),
  get: (target, name) => (name === 'now' ? now : (Reflect.get(target, name) as unknown)),
});
