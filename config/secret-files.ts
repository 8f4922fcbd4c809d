import { readFileSync } from 'node:fs';

/** The variable with the path of a file that holds a secret. */
export const fileVariable = <Name extends string>(name: Name): `${Name}_FILE` => `${name}_FILE`;

/**
 * Takes each secret whose NAME_FILE is set from that file, without the line break at its end. An empty file, like an empty
 * variable, leaves the secret unset.
 * @param names secrets
 * @returns the variables with the secrets in place of the paths, and what is wrong, which never repeats a secret
 */
export function readSecretFiles(
  source: NodeJS.ProcessEnv,
  names: readonly string[],
): { variables: NodeJS.ProcessEnv; problems: string[] } {
  const variables = { ...source };
  const problems: string[] = [];
  for (const name of names) {
    const variable = fileVariable(name);
    const path = variables[variable];
    delete variables[variable];
    if (!path) continue;
    if (variables[name]) problems.push(`${name}, ${variable}: set only one of them`);
    else
      try {
        variables[name] = readFileSync(path, 'utf8').replace(/\r?\n$/, '');
      } catch (error) {
        const { code = 'unreadable' } = error as NodeJS.ErrnoException;
        problems.push(`${variable}: ${path} cannot be read (${code}). Correct the path or unset it`);
      }
  }
  return { variables, problems };
}
