import { describe, expect, it } from '@jest/globals';
import type { ExecutionContext } from '@nestjs/common';
import type { ApiDeps } from '../deps.js';
import { AdminGuard } from './admin.guard.js';

const attempt = (adminToken: string | undefined, authorization: string | undefined) => () => {
  const context = { switchToHttp: () => ({ getRequest: () => ({ headers: { authorization } }) }) };
  return new AdminGuard({ adminToken } as ApiDeps).canActivate(context as unknown as ExecutionContext);
};
const TOKEN = 'correct horse battery'.replaceAll(' ', '-');

describe('the admin token', () => {
  it.each([`Bearer ${TOKEN}`, `bearer  ${TOKEN} `])('is accepted as %s', (header) => {
    expect(attempt(TOKEN, header)()).toBe(true);
  });

  it.each([undefined, '', 'Bearer', TOKEN, `Basic ${TOKEN}`, 'Bearer wrong', `Bearer ${TOKEN}x`, `Bearer ${TOKEN} x`])(
    'is rejected as %s: 401 with the scheme',
    (header) => {
      expect(attempt(TOKEN, header)).toThrow(
        expect.objectContaining({
          status: 401,
          headers: { 'WWW-Authenticate': expect.stringMatching(/^Bearer realm=/) as unknown },
        }),
      );
    },
  );

  it.each([undefined, ''])('turns writes off if it is not configured: 403, whatever is sent', (configured) => {
    for (const header of [undefined, 'Bearer ', 'Bearer undefined', `Bearer ${TOKEN}`])
      expect(attempt(configured, header)).toThrow(expect.objectContaining({ status: 403 }));
  });
});
