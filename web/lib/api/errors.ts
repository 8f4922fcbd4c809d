/** An error response of the API: a problem as in RFC 9457. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly title: string;
  readonly detail: string | null;
  /** What is wrong with each parameter, by its place, such as `symbols.0`. */
  readonly errors: ReadonlyMap<string, string>;

  /** @param body of the response; a proxy in front of the API may send anything */
  constructor(
    readonly status: number,
    body: unknown,
  ) {
    const { title, detail, errors } = (typeof body === 'object' && body !== null ? body : {}) as Record<
      string,
      unknown
    >;
    const name = typeof title === 'string' ? title : `The API returned status ${status}`;
    super(name);
    this.title = name;
    this.detail = typeof detail === 'string' ? detail : null;
    const listed = (Array.isArray(errors) ? errors : []) as { parameter: string; detail: string }[];
    this.errors = new Map(listed.map((one) => [one.parameter, one.detail]));
  }
}

const UNREACHABLE = 'API unreachable';

/** No response: no network, the API is down, or it took too long. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
  readonly title = UNREACHABLE;
  readonly detail = 'It may be starting up or stopped. Retrying automatically.';

  constructor(cause: unknown) {
    super(UNREACHABLE, { cause });
  }
}

/** The text to show for an error. */
export function describeError(error: unknown): { title: string; detail: string | null } {
  if (error instanceof ApiProblem || error instanceof Unreachable) return error;
  return { title: 'Something went wrong on this page', detail: error instanceof Error ? error.message : null };
}
