/** What connecting to several addresses of one host failed with, or the error itself. */
const reasonOf = (error: Error): string =>
  error instanceof AggregateError && error.errors.length > 0
    ? [...new Set(error.errors.map((each) => (each as Error).message))].join('; ')
    : error.message;

/** Such as `PostgreSQL at 127.0.0.1:5432/barkeep cannot be used: connect ECONNREFUSED …`; without user and password. */
export function databaseProblem(url: string, error: Error): string {
  const { hostname, port, pathname } = new URL(url);
  return `PostgreSQL at ${hostname}:${port || 5432}${pathname} cannot be used: ${reasonOf(error)}`;
}
