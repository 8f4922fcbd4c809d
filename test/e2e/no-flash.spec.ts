import { expect, test, type CDPSession, type Page } from '@playwright/test';
import { drawnPixels } from './chart.js';
import { cardOf, settled } from './pages.js';

const CHANGES = 40;
const SYMBOLS = ['NVDA', 'SIE.DE', 'BTC', 'SPY', 'ETH'] as const;

/** Every frame that the browser paints, as base64 JPEGs, until `stop`. */
async function record(page: Page): Promise<{ stop: () => Promise<string[]> }> {
  const frames: string[] = [];
  const session: CDPSession = await page.context().newCDPSession(page);
  session.on('Page.screencastFrame', ({ data, sessionId }) => {
    frames.push(data);
    void session.send('Page.screencastFrameAck', { sessionId }).catch(() => undefined);
  });
  await session.send('Page.startScreencast', { format: 'jpeg', quality: 60, maxWidth: 480, maxHeight: 320 });
  return {
    stop: async () => {
      await session.send('Page.stopScreencast');
      return frames;
    },
  };
}

/** The share of pixels of a picture that are nearly white. */
const whiteShare = (page: Page, jpeg: string): Promise<number> =>
  page.evaluate<number>(`(async () => {
    const blob = await (await fetch('data:image/jpeg;base64,${jpeg}')).blob();
    const image = await createImageBitmap(blob);
    const canvas = new OffscreenCanvas(image.width, image.height).getContext('2d');
    canvas.drawImage(image, 0, 0);
    const { data } = canvas.getImageData(0, 0, image.width, image.height);
    let white = 0;
    for (let i = 0; i < data.length; i += 4) if (data[i] > 230 && data[i + 1] > 230 && data[i + 2] > 230) white++;
    return white / (data.length / 4);
  })()`);

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
  test.slow();
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.addInitScript(COUNT_WHITE_FILLS);
  await page.goto('/?symbol=SPY&range=1Y');
  await settled(page);
  await expect.poll(() => drawnPixels(page)).toBeGreaterThan(100);
  const recording = await record(page);
  for (let change = 0; change < CHANGES; change++) {
    await cardOf(page, SYMBOLS[change % SYMBOLS.length]!).click();
    await expect(page.locator('#chart [role="application"]')).toBeVisible();
  }
  const frames = await recording.stop();
  expect(frames.length).toBeGreaterThan(CHANGES);
  expect(await page.evaluate('window.whiteFills')).toBe(0);
  const reader = await context.newPage();
  let whitest = 0;
  for (const frame of frames) whitest = Math.max(whitest, await whiteShare(reader, frame));
  expect(whitest).toBeLessThan(0.05);
});
