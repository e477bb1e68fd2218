const { existsSync } = require('node:fs');
const { basename, join } = require('node:path');

/**
 * What Haraka gets when it requires a plugin's folder: in a checkout the source in it, in the npm package, which has
 * no sources, what was built of it.
 */
module.exports = folder => {
  const source = join(folder, 'index.ts');
  const built = join(folder, '..', '..', 'dist', 'plugins', basename(folder), 'index.js');
  return require(existsSync(source) ? source : built);
};
