import { spawn } from 'node:child_process';
import { chmodSync, existsSync, globSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { argv, env, exit } from 'node:process';
import { filesForBoth } from './both-stores.ts';
import { storeVariable } from './support/backend.ts';
import { shareCassandra } from './support/cassandra/shared.ts';
import { requireCassandra } from './support/cassandra.ts';
import { prepareServices } from './support/install-services.ts';
import { findLeftovers } from './support/leftovers.ts';
import { removeFolder } from './support/remove-folder.ts';
import { verdictOf } from './support/verdict.ts';

const top = join(import.meta.dirname, '..');

/**
 * `npm test`: type check, lint, then every test, and what asks a store on Cassandra once more. Services that are missing are installed by apt when that does no
 * harm; what could not be run is named, one loud line each, and the run ends with 3 ("incomplete"), never green.
 * With CI set, a missing service is a failure. Tests that leave processes or files behind are a failure, too.
 * Arguments narrow the run to those files, CALIOPEN_TEST_STORE to one store. Cassandra is started for all files at
 * once, when the first one asks.
 */
async function main(): Promise<number> {
  process.chdir(top);
  env.PATH = [join(top, 'node_modules', '.bin'), env.PATH].join(delimiter);
  // Ctrl-C reaches what runs below, too, and then this cleans up behind it.
  process.on('SIGINT', () => {});
  prepareServices();
  const asked = argv.slice(2);
  if (asked.length === 0) {
    if (!(await run('tsc', ['-p', '.']))) return 1;
    if (!(await run('biome', ['check', '--error-on-warnings', '.']))) return 1;
  }
  // Servers under test may run as a user of their own, who must come through.
  const folder = mkdtempSync(join(tmpdir(), 'caliopen-run-'));
  chmodSync(folder, 0o755);
  try {
    return await runTests(asked.length > 0 ? asked : globSync('test/**/*.test.ts').sort(), folder);
  } finally {
    removeFolder(folder);
  }
}

async function runTests(files: readonly string[], folder: string): Promise<number> {
  const skippedFile = join(folder, 'skipped');
  Object.assign(env, { TMPDIR: folder, CALIOPEN_TEST_SKIPPED: skippedFile });
  const shared = await shareCassandra(folder);
  const passed = await runPasses(files);
  await shared.stop();
  const skipped = existsSync(skippedFile)
    ? readFileSync(skippedFile, 'utf8').split('\n').filter(Boolean)
    : [];
  const leftovers = await findLeftovers(folder, [skippedFile]);
  const { code, lines } = verdictOf({ passed, leftovers, skipped, isStrict: Boolean(env.CI) });
  for (const line of lines) console.error(line);
  return code;
}

/** On SQLite all files, on Cassandra those that ask a store; one of both when the environment names it. */
async function runPasses(files: readonly string[]): Promise<boolean> {
  const asked = env[storeVariable];
  const concurrency = `--test-concurrency=${env.CALIOPEN_TEST_CONCURRENCY ?? 2}`;
  let passed = true;
  for (const [store, those] of Object.entries({ sqlite: files, cassandra: filesForBoth(files) })) {
    if (those.length === 0 || (asked && asked !== store)) continue;
    const skip = () => {};
    if (store === 'cassandra' && !(await requireCassandra({ name: 'all tests on Cassandra', skip })))
      continue;
    console.log(`\n${store}: ${those.length} ${those.length === 1 ? 'file' : 'files'}`);
    env[storeVariable] = store;
    passed = (await run('node', [...testWords, concurrency, ...those])) && passed;
  }
  return passed;
}

/** A file that never ends is a failure, not a run without an end; long runs take up to half of that. */
const limitMilliseconds = 30 * 60_000;
const testWords = ['--test', '--test-reporter=spec', `--test-timeout=${limitMilliseconds}`];

/** Runs a command; this process goes on meanwhile, which serves tests that ask for Cassandra. */
function run(command: string, words: readonly string[]): Promise<boolean> {
  return new Promise(resolve => {
    const child = spawn(command, words, { stdio: 'inherit' });
    child.once('error', error => {
      console.error(error.message);
      resolve(false);
    });
    child.once('exit', status => resolve(status === 0));
  });
}

exit(await main());
