import { Controller, Headers, HttpCode, Inject, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { stringifySetCookie } from 'cookie';
import { isToken } from '../../config/tokens.js';
import { DAY, SECOND } from '../../domain/timeframe.js';
import { bearerOf, READ_COOKIE, unauthorized } from '../admin/tokens.js';
import { DEPS, type ApiDeps } from '../deps.js';
import { StatusResponse } from '../http/response.js';
import { Describe } from '../openapi/describe.js';
import { sessionDocs } from './session.docs.js';
import type { SessionBody } from './session.schema.js';

/** As long as browsers keep a cookie, seconds. A new token ends all sessions. */
const MAX_AGE_S = (400 * DAY) / SECOND;

/** Each proxy adds what it was asked in: the browser's comes first. */
const isHttps = (forwarded = ''): boolean => /^\s*https\s*(,|$)/i.test(forwarded);

@ApiTags('operations')
@Controller('api/session')
export class SessionController {
  constructor(@Inject(DEPS) private readonly deps: ApiDeps) {}

  /** api/admin/tokens.ts has let the request in. @throws Problem 401 if that was with another token */
  @Post()
  @HttpCode(200)
  @Describe(sessionDocs)
  signIn(
    @Headers('authorization') authorization: string | undefined,
    @Headers('x-forwarded-proto') protocol: string | undefined,
  ): StatusResponse {
    const { read } = this.deps.tokens;
    if (!read) return new StatusResponse(200, { isKept: false } satisfies SessionBody);
    const token = bearerOf(authorization);
    if (token === null || !isToken(token, read))
      throw unauthorized('Browsers keep the read token only: send that one, not the admin token.');
    const cookie = stringifySetCookie({
      ...{ name: READ_COOKIE, value: token, path: '/', maxAge: MAX_AGE_S },
      ...{ httpOnly: true, sameSite: 'strict', secure: isHttps(protocol) },
    });
    return new StatusResponse(200, { isKept: true } satisfies SessionBody, { 'Set-Cookie': cookie });
  }
}
