import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

const version = '5.0.6';
const top = join(import.meta.dirname, '..', '..', '..');
const cache = join(top, 'node_modules', '.cache', 'caliopen-cassandra');

/** Folder of the server's jars: its own and all it runs with. Not there before `fetchJars`. */
export const jarsFolder = join(cache, version);

/** Whether the server has been fetched for this clone. */
export function hasJars(): boolean {
  return existsSync(jarsFolder);
}

const project = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>org.caliopen.test</groupId>
  <artifactId>cassandra</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>org.apache.cassandra</groupId>
      <artifactId>cassandra-all</artifactId>
      <version>${version}</version>
    </dependency>
  </dependencies>
  <build>
    <plugins>
      <plugin>
        <groupId>org.apache.maven.plugins</groupId>
        <artifactId>maven-dependency-plugin</artifactId>
        <version>3.6.1</version>
      </plugin>
    </plugins>
  </build>
</project>
`;

// The lock is the kernel's, so that it goes with its holder. Who waited for it finds the jars there.
const script = `test -d "$3" && exit 0
"$1" --batch-mode --quiet --strict-checksums --update-snapshots --file "$2/pom.xml" dependency:copy-dependencies \\
  -DincludeScope=runtime -DoutputDirectory="$2/jars" && mv -T "$2/jars" "$3"`;

/**
 * Has Maven fetch the jars (66 MB) into `jarsFolder`, which appears whole or not at all; several processes may ask at
 * once. Throws with what Maven said when they can't be had.
 */
export async function fetchJars(maven: string): Promise<void> {
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, 'fetch-'));
  try {
    writeFileSync(join(work, 'pom.xml'), project);
    const words = [join(cache, 'lock'), 'sh', '-c', script, 'sh', maven, work, jarsFolder];
    const { status, said } = await run('flock', words);
    if (status === 0) return;
    // Its first line says what is wrong, the others how to ask Maven more.
    throw new Error(`Maven could not fetch Cassandra ${version}: ${said.split('\n')[0]}`);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function run(command: string, words: readonly string[]): Promise<{ status: number | null; said: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, words, { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        said += text;
      });
    }
    child.once('error', reject);
    child.once('close', status => resolve({ status, said: stripVTControlCharacters(said).trim() }));
  });
}
