import { normalize } from 'node:path';

/**
 * Files that ask a store for anything lie here, or are one of these. `flow/web-…` shows the demo in a browser: the
 * screen knows no store, and the API below it runs on both.
 */
const withStores =
  /^test\/(?:flow\/(?!web-)|webmail\/api\/)|^test\/delivery\/(?:contact-index|owner-script|recipients|stored)\.test\.ts$|^test\/dns-keys\/publish\/(?:time|zone-files|zone-keeper)\.test\.ts$|^test\/bin\/serve\/dns\.test\.ts$|^test\/plugins\/alone\.test\.ts$/;

/** Those of them that run once, on SQLite or without a store, and why. */
export const onceOnly: Readonly<Record<string, string>> = {
  'test/flow/browser.test.ts': 'shows the demo, whose screen knows no store; the API below it runs on both',
  'test/flow/damaged.test.ts': 'damages files of SQLite; Cassandra looks after its files itself',
  'test/flow/flushed.test.ts': "follows SQLite's log; Cassandra's nodes flush",
  'test/flow/full-disk.test.ts':
    "fills the disk of SQLite's files; a node whose disk is full is a node that is down",
  'test/flow/milter.test.ts': 'the milter door opens no store',
  'test/flow/package.test.ts': 'runs what npm installs; Cassandra is driven from there as from here',
  'test/flow/side-by-side.test.ts': 'serves older versions on each store itself',
  'test/flow/upgrade.test.ts': 'opens what versions kept on each store itself',
  'test/webmail/api/file-name.test.ts': 'asks no store',
  'test/webmail/api/pictures/beacon.test.ts': 'asks no store',
  'test/webmail/api/pictures/fetch-picture.test.ts': 'asks no store',
  'test/webmail/api/pictures/picture-address.test.ts': 'asks no store',
  'test/webmail/api/pictures/public-address.test.ts': 'asks no store',
  'test/webmail/api/rfc8620-request.test.ts': 'asks no store',
  'test/webmail/api/rfc8621-header-forms.test.ts': 'asks no store',
  'test/webmail/api/search-behind.test.ts': 'asks a store of its own making',
  'test/webmail/api/throttle.test.ts': 'asks no store',
};

/** Of these test files, those that run on Cassandra, too; paths from the top of the tree. */
export function filesForBoth(files: readonly string[]): string[] {
  return files.filter(file => {
    const path = normalize(file);
    return withStores.test(path) && !Object.hasOwn(onceOnly, path);
  });
}
