/** An error that the API answered with: a problem of RFC 9457. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly title: string;
  readonly detail: string | null;

  /** @param body of the answer; what stands before the API may send anything */
  constructor(
    readonly status: number,
    body: unknown,
  ) {
    const { title, detail } = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
    const name = typeof title === 'string' ? title : `The API answered with ${status}`;
    super(name);
    this.title = name;
    this.detail = typeof detail === 'string' ? detail : null;
  }
}

/** Nothing answers: no network, the API is down, or it took too long. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
  readonly title = 'The API does not answer';
  readonly detail = 'It may be starting, or stopped. Asking again by itself.';

  constructor(cause: unknown) {
    super('The API does not answer', { cause });
  }
}

/** What to show of an error. */
export function describeError(error: unknown): { title: string; detail: string | null } {
  if (error instanceof ApiProblem || error instanceof Unreachable) return error;
  return { title: 'Something went wrong on this page', detail: error instanceof Error ? error.message : null };
}
