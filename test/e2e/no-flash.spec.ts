import { expect, test, type CDPSession, type Page } from '@playwright/test';
import { drawnPixels } from './chart.js';
import { settled } from './pages.js';

const CHANGES = 40;
/** A chart that is not drawn by then is stuck. */
const STUCK_MS = 10_000;
const FRAME = { width: 240, height: 160 };
const SYMBOLS = ['NVDA', 'SIE.DE', 'BTC', 'SPY', 'ETH'] as const;

/** Every frame that the browser paints, as base64 JPEGs, until `stop`. */
async function record(page: Page): Promise<{ stop: () => Promise<string[]> }> {
  const frames: string[] = [];
  const session: CDPSession = await page.context().newCDPSession(page);
  session.on('Page.screencastFrame', ({ data, sessionId }) => {
    frames.push(data);
    void session.send('Page.screencastFrameAck', { sessionId }).catch(() => undefined);
  });
  await session.send('Page.startScreencast', {
    format: 'jpeg',
    quality: 60,
    maxWidth: FRAME.width,
    maxHeight: FRAME.height,
  });
  return {
    stop: async () => {
      await session.send('Page.stopScreencast');
      return frames;
    },
  };
}

/** The largest share of nearly white pixels in one of the pictures; all are decoded in one visit to the page. */
const whitestOf = (page: Page, jpegs: string[]): Promise<number> =>
  page.evaluate<number>(
    `(async (jpegs) => {
      const canvas = new OffscreenCanvas(${FRAME.width}, ${FRAME.height}).getContext('2d', { willReadFrequently: true });
      let whitest = 0;
      for (const jpeg of jpegs) {
        const image = await createImageBitmap(await (await fetch('data:image/jpeg;base64,' + jpeg)).blob());
        canvas.drawImage(image, 0, 0);
        const { data } = canvas.getImageData(0, 0, image.width, image.height);
        let white = 0;
        for (let i = 0; i < data.length; i += 4) if (data[i] > 230 && data[i + 1] > 230 && data[i + 2] > 230) white++;
        whitest = Math.max(whitest, white / (data.length / 4));
      }
      return whitest;
    })(${JSON.stringify(jpegs)})`,
  );

/**
 * Clicks on one card after another, each as soon as the chart of the one before is drawn: two frames after its heading has
 * changed. Returns the symbols of the charts, up to the first one that is stuck. It runs in the page, so that nothing but the
 * chart takes time.
 */
const changeAssets = (page: Page, symbols: string[]): Promise<string[]> =>
  page.evaluate<string[]>(
    `(async (symbols) => {
      const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
      const seen = [];
      for (const symbol of symbols) {
        document.querySelector('a[href^="/?symbol=' + symbol + '&"]').click();
        const shown = () => document.querySelector('#chart h2')?.textContent.split(' ')[0];
        const isDrawn = () => document.querySelector('#chart [role="application"]') && !document.querySelector('#chart [aria-busy="true"]');
        const isThere = () => shown() === symbol && isDrawn();
        const since = performance.now();
        while (!isThere() && performance.now() - since < ${STUCK_MS}) await frame();
        const isStuck = !isThere();
        await frame();
        await frame();
        seen.push(isStuck ? shown() + ' is stuck' : shown());
        if (isStuck) break;
      }
      return seen;
    })(${JSON.stringify(symbols)})`,
  );

/** Counts how often a canvas is filled with white over a large area. */
const COUNT_WHITE_FILLS = `
  window.whiteFills = 0;
  const fillRect = CanvasRenderingContext2D.prototype.fillRect;
  CanvasRenderingContext2D.prototype.fillRect = function (x, y, width, height) {
    if (/^#f{3,8}$/i.test(String(this.fillStyle)) && width * height > 10_000) window.whiteFills++;
    return fillRect.call(this, x, y, width, height);
  };
`;

test('in the dark, no frame is white while the asset changes', async ({ page, context }) => {
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.addInitScript(COUNT_WHITE_FILLS);
  await page.goto('/?symbol=SPY&range=1Y');
  await settled(page);
  await expect.poll(() => drawnPixels(page)).toBeGreaterThan(100);
  const recording = await record(page);
  const order = Array.from({ length: CHANGES }, (_, change) => SYMBOLS[change % SYMBOLS.length]!);
  expect(await changeAssets(page, order)).toEqual(order);
  await expect.poll(() => drawnPixels(page)).toBeGreaterThan(100);
  const frames = await recording.stop();
  expect(frames.length).toBeGreaterThan(CHANGES);
  expect(await page.evaluate('window.whiteFills')).toBe(0);
  expect(await whitestOf(await context.newPage(), frames)).toBeLessThan(0.05);
});
