import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { REQUEST_ID_HEADER } from './request-id.js';
import { DAY, SECOND } from '../../domain/timeframe.js';

/**
 * Lets pages of other origins call the API: dashboards on another host. Without it browsers block their requests.
 * @param origins such as https://dashboard.example.com
 */
export function allowOrigins(app: NestFastifyApplication, origins: readonly string[]): void {
  if (origins.length === 0) return;
  app.enableCors({
    // `false` leaves a request to its route: the preflight of a foreign origin is a 405
    origin: (origin, decide) => decide(null, origin !== undefined && origins.includes(origin)),
    // those origins only: a dashboard on another host of the same site sends the cookie with the read token
    credentials: true,
    methods: ['GET', 'HEAD', 'POST', 'PATCH', 'DELETE'],
    allowedHeaders: [
      'Authorization',
      'Content-Type',
      'Idempotency-Key',
      'If-None-Match',
      'Last-Event-ID',
      REQUEST_ID_HEADER,
    ],
    exposedHeaders: ['Content-Disposition', 'ETag', 'Link', 'Retry-After', 'X-Market-Data', REQUEST_ID_HEADER],
    maxAge: DAY / SECOND,
    strictPreflight: false,
  });
  // @fastify/cors sets Vary before a route runs, and routes replace it
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onSend', (_request, reply, payload, done) => {
      const vary = String(reply.getHeader('Vary') ?? '');
      if (!vary.includes('Origin')) reply.header('Vary', vary ? `${vary}, Origin` : 'Origin');
      done(null, payload);
    });
}
