import { describe, expect, it } from 'vitest';
import { digestOfToken } from '../../config/tokens.js';
import { tokenProblem } from './tokens.js';

const ADMIN = 'correct-horse-battery';
const READ = 'staple-of-the-read';
const BOTH = { admin: digestOfToken(ADMIN), read: digestOfToken(READ) };
const NONE = { admin: undefined, read: undefined };
const REJECTED = {
  status: 401,
  headers: { 'WWW-Authenticate': expect.stringMatching(/^Bearer realm=/) },
};

describe('the admin token', () => {
  it.each([`Bearer ${ADMIN}`, `bearer  ${ADMIN} `])('is accepted as %s', (authorization) => {
    expect(tokenProblem('admin', BOTH, { authorization })).toBeNull();
  });

  it.each([undefined, '', 'Bearer', ADMIN, `Basic ${ADMIN}`, 'Bearer wrong', `Bearer ${ADMIN}x`, `Bearer ${ADMIN} x`])(
    'is rejected as %s: 401 with the scheme',
    (authorization) => {
      expect(tokenProblem('admin', BOTH, { authorization })).toMatchObject(REJECTED);
    },
  );

  it('is neither the read token nor in a cookie', () => {
    expect(tokenProblem('admin', BOTH, { authorization: `Bearer ${READ}` })).toMatchObject(REJECTED);
    for (const token of [ADMIN, READ])
      expect(tokenProblem('admin', BOTH, { cookie: `barkeep_read=${token}` })).toMatchObject(REJECTED);
  });

  it('turns writes off if it is not configured: 403, whatever is sent', () => {
    for (const authorization of [undefined, 'Bearer ', 'Bearer undefined', `Bearer ${ADMIN}`])
      expect(tokenProblem('admin', NONE, { authorization })).toMatchObject({ status: 403 });
  });
});

describe('the read token', () => {
  it.each([
    { authorization: `Bearer ${READ}` },
    { authorization: `Bearer ${ADMIN}` },
    { cookie: `barkeep_read=${READ}` },
    { cookie: `theme=dark; barkeep_read=${READ}; other=1` },
  ])('is accepted as %j', (headers) => {
    expect(tokenProblem('read', BOTH, headers)).toBeNull();
  });

  it.each([
    {},
    { authorization: 'Bearer wrong' },
    { cookie: 'barkeep_read=wrong' },
    { cookie: `barkeep_read=${ADMIN}` },
    { cookie: `other_barkeep_read=${READ}` },
    { cookie: 'barkeep_read' },
  ])('is rejected as %j: 401 with the scheme', (headers) => {
    expect(tokenProblem('read', BOTH, headers)).toMatchObject(REJECTED);
  });
});
