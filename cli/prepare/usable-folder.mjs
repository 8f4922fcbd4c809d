/** `initdb` puts the path of `postgres` between double quotes into a command line: what a shell would replace there. */
const REPLACED_BY_SHELLS = /["$`]/;

/**
 * Checks that PostgreSQL's programs can run below the folder, before minutes are spent on installing them.
 * @param {string} root absolute path of the project
 * @param {NodeJS.ProcessEnv} env
 * @throws Error that names the character and says what to do
 */
export function checkUsableFolder(root, { DATABASE_URL, DATABASE_URL_FILE }) {
  const [character] = REPLACED_BY_SHELLS.exec(root) ?? [];
  if (character === undefined || DATABASE_URL || DATABASE_URL_FILE) return;
  throw new Error(
    `PostgreSQL cannot run below a folder with a ${character} in its name: ${root}.\n` +
      'Rename the folder, or move Barkeep to another one, and start again. Spaces, other quotes and letters of any language are fine.',
  );
}
