import { Catch, NotFoundException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { DashboardFile } from '../dashboard/files.js';
import { sendNotFoundPage } from '../dashboard/serve.js';
import { toProblem } from './failures.js';
import { Problem } from './problem.js';
import type { RouteTable } from './allowed-methods.js';

/** A path of this server. Requests may also name a whole URL, and browsers read `//host` and `/\host` as one. */
const OWN_PATH = /^\/(?![/\\])/;
const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

export const pathOf = (request: { url: string }): string => request.url.split('?', 1)[0]!;

/** Turns every error into a response. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly routes: RouteTable,
    private readonly log: Logger,
    private readonly dashboard: ReadonlyMap<string, DashboardFile> | null,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const elsewhere = error instanceof NotFoundException ? this.withoutSlash(request) : null;
    if (elsewhere !== null) return void reply.redirect(elsewhere, 308);
    const problem = this.problemOf(error, request);
    if (problem.status >= 500) this.report(error, problem, request);
    if (
      error instanceof NotFoundException &&
      problem.status === 404 &&
      sendNotFoundPage(this.dashboard, request, reply)
    )
      return;
    sendProblem(reply, problem, request);
  }

  /** The URL of a request without the slashes at the end of its path, if a route has that path; null if none has. */
  private withoutSlash(request: FastifyRequest): string | null {
    const path = pathOf(request);
    if (!OWN_PATH.test(path)) return null;
    const shorter = path.replace(/\/+$/, '');
    const isRoute = shorter !== path && this.routes.methodsOf(shorter).includes(request.method);
    return isRoute ? shorter + request.url.slice(path.length) : null;
  }

  /** Logs an unavailable service in one line, an unexpected error with its stack. */
  private report(error: unknown, { status, detail }: Problem, request: FastifyRequest): void {
    const about = { path: pathOf(request), requestId: request.id };
    if (status === 503) this.log.warn({ ...about, reason: reasonOf(error) }, detail);
    else this.log.error({ ...about, err: error }, detail);
  }

  private problemOf(error: unknown, request: FastifyRequest): Problem {
    if (error instanceof Problem) return error;
    const path = pathOf(request);
    const methods = this.routes.methodsOf(path);
    // first, as what else is wrong with such a request does not matter: QUERY without a content type, a POST without JSON
    if (methods.length > 0 && !methods.includes(request.method)) {
      const allow = methods.join(', ');
      return new Problem(405, `${path} allows ${allow}, not ${request.method}.`, { headers: { Allow: allow } });
    }
    // Nest throws it only if no route matches, or a file is missing below a route for files: ours are Problems
    if (error instanceof NotFoundException) return new Problem(404, `No such endpoint: ${path}. See /docs.`);
    return toProblem(error);
  }
}

/** The message of the innermost error. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? reasonOf(error.cause) : error.message;
}

/** Sends a problem; does nothing if a response has already been sent. */
export function sendProblem(reply: FastifyReply, problem: Problem, request: { url: string; id: string }): void {
  if (reply.sent) return;
  void reply
    .status(problem.status)
    .headers({ 'Cache-Control': 'no-store', ...problem.headers })
    .type(PROBLEM_TYPE)
    .send(JSON.stringify(problem.body(pathOf(request), request.id)));
}
