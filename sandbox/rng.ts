// aliases, because these run millions of times
const { floor, imul } = Math;

/** FNV-1a of a text, 32 bits. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** An integer hash with low bias: "lowbias32" of Chris Wellons' hash prospector (public domain). */
function scramble(x: number): number {
  let hash = x;
  hash = imul(hash ^ (hash >>> 16), 0x21f0aaad);
  hash = imul(hash ^ (hash >>> 15), 0x735a2d97);
  return (hash ^ (hash >>> 15)) >>> 0;
}

/**
 * Random numbers that can be read at any position: the same key and position always give the same number, in any order
 * of reading. This makes every bar a pure function of seed, symbol and time.
 */
export class Noise {
  private readonly key: number;

  constructor(...key: (string | number)[]) {
    this.key = fnv1a(key.join('|'));
  }

  /** Uniform over [0, 2³²). `lane` distinguishes several numbers at one position. */
  bits(position: number, lane = 0): number {
    const first = scramble((this.key + imul(position, 0x9e3779b1)) | 0);
    return scramble(first ^ this.key ^ imul(lane + 1, 0x85ebca6b));
  }

  /** Uniform over [0, 1). */
  unit(position: number, lane = 0): number {
    return this.bits(position, lane) / 2 ** 32;
  }

  /** Close to normal (mean 0, deviation 1, tails cut at 3.46): the sum of four uniforms, without trigonometry. */
  gauss(position: number, lane = 0): number {
    const a = this.bits(position, lane);
    const b = this.bits(position, ~lane);
    return ((a & 0xffff) + (a >>> 16) + (b & 0xffff) + (b >>> 16) - 131_070) / 37_837.2;
  }

  /** A curve that wanders within about ±1, with `period` positions from one random value to the next. */
  wave(position: number, period: number): number {
    const left = floor(position / period);
    const share = position / period - left;
    const eased = share * share * (3 - 2 * share);
    return this.gauss(left) * (1 - eased) + this.gauss(left + 1) * eased;
  }
}
