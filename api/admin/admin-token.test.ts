import { describe, expect, it } from '@jest/globals';
import { tokenProblem } from './admin-token.js';

const TOKEN = 'correct horse battery'.replaceAll(' ', '-');

describe('the admin token', () => {
  it.each([`Bearer ${TOKEN}`, `bearer  ${TOKEN} `])('is accepted as %s', (header) => {
    expect(tokenProblem(TOKEN, header)).toBeNull();
  });

  it.each([undefined, '', 'Bearer', TOKEN, `Basic ${TOKEN}`, 'Bearer wrong', `Bearer ${TOKEN}x`, `Bearer ${TOKEN} x`])(
    'is rejected as %s: 401 with the scheme',
    (header) => {
      expect(tokenProblem(TOKEN, header)).toMatchObject({
        status: 401,
        headers: { 'WWW-Authenticate': expect.stringMatching(/^Bearer realm=/) as unknown },
      });
    },
  );

  it.each([undefined, ''])('turns writes off if it is not configured: 403, whatever is sent', (configured) => {
    for (const header of [undefined, 'Bearer ', 'Bearer undefined', `Bearer ${TOKEN}`])
      expect(tokenProblem(configured, header)).toMatchObject({ status: 403 });
  });
});
