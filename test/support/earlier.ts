import { spawnSync } from 'node:child_process';
import { appendFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { env } from 'node:process';
import type { TestContext } from 'node:test';
import { settingsEnvironment } from '../../bin/serve/settings-environment.ts';
import type { Config } from '../../delivery/config.ts';
import type { Code } from './door-process.ts';
import { temporaryFolder } from './temporary-folder.ts';

const top = join(import.meta.dirname, '..', '..');

/** What every version knows: newer settings are unknown words to older code. */
const everKnown =
  /^CALIOPEN_(DATA|HOSTNAME|(SMTP|LMTP|WEB)_(PORT|ADDRESS)|SQLITE_SHARDS|JUDGE_THREADS|RESOLVER_(SERVERS|TIMEOUT_MILLISECONDS))$/;

/** What all code knows that has a store on Cassandra. */
const knownWithCassandra =
  /^CALIOPEN_(STORE|CASSANDRA_(CONTACT_POINTS|LOCAL_DATA_CENTER|KEYSPACE|REPLICATION))$/;

/** The settings that an earlier version knows, as environment. */
function earlierEnvironment(config: Config): Record<string, string> {
  const isKnown = (name: string) =>
    everKnown.test(name) || (config.store === 'cassandra' && knownWithCassandra.test(name));
  return Object.fromEntries(Object.entries(settingsEnvironment(config)).filter(([name]) => isKnown(name)));
}

/**
 * The code of an earlier commit, laid out in a folder of its own, with the packages of this one. Where the history
 * does not reach back to it the test is skipped with a loud line, and the runner is told, so that the run ends as
 * incomplete; null then, and the test returns. With CI set only the line is left: machines often check out one commit
 * alone, and no package can bring the others.
 */
export function requireCommit(t: TestContext, commit: string): Code | null {
  const folder = temporaryFolder(t);
  // A checkout may belong to another user than the one who tests.
  const script = 'git -c safe.directory=* -C "$1" archive "$2" | tar -x --exclude=test -C "$3"';
  const { status } = spawnSync('sh', ['-c', `set -e; ${script}`, 'sh', top, commit, folder], {
    stdio: 'ignore',
  });
  const { status: known } = spawnSync(
    'git',
    ['-c', 'safe.directory=*', '-C', top, 'cat-file', '-e', `${commit}^{commit}`],
    {
      stdio: 'ignore',
    },
  );
  if (status !== 0 || known !== 0) return skip(t, commit);
  symlinkSync(join(top, 'node_modules'), join(folder, 'node_modules'));
  return {
    main: join(folder, 'bin', 'main.ts'),
    settings: config => ({
      // The file beside the tests has rows that it does not know.
      CALIOPEN_CONFIG: join(folder, 'config', 'caliopen.yaml'),
      ...earlierEnvironment(config),
    }),
  };
}

function skip(t: TestContext, commit: string): null {
  const line = `${t.name}: needs commit ${commit.slice(0, 12)} (git fetch --unshallow, in a clone)`;
  console.error(line);
  if (!env.CI && env.CALIOPEN_TEST_SKIPPED) appendFileSync(env.CALIOPEN_TEST_SKIPPED, `${line}\n`);
  t.skip(line);
  return null;
}
