import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Certificate } from './certificate.ts';
import { jarsFolder } from './jars.ts';

/** TLS of the port that clients connect to. */
export interface Tls extends Certificate {
  /** Certificate of who signs clients' certificates, which they must show then. */
  readonly clientAuthority?: string;
}

/** What a cluster's nodes have in common. */
export interface ClusterPlan {
  readonly addresses: readonly string[];
  readonly nativePort: number;
  readonly storagePort: number;
  readonly tls: Tls | null;
  readonly asksForCredentials: boolean;
  readonly isForFigures: boolean;
  readonly heapMegabytes: number;
  /** More settings of cassandra.yaml, or other values. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** Where a node keeps its data, and the words that start it. */
export interface NodeFiles {
  readonly logFile: string;
  /** Words for the `java` command. */
  readonly words: readonly string[];
}

/** Writes the settings of node `index` of the cluster into `folder`, where its data may be already. */
export function writeNodeFiles(folder: string, plan: ClusterPlan, index: number): NodeFiles {
  const scratch = join(folder, 'tmp');
  rmSync(scratch, { recursive: true, force: true });
  mkdirSync(scratch, { recursive: true });
  // JSON is YAML.
  writeFileSync(join(folder, 'cassandra.yaml'), JSON.stringify(settingsOf(folder, plan, index), null, 2));
  writeFileSync(join(folder, 'logback.xml'), logback);
  return { logFile: join(folder, 'server.log'), words: javaWords(folder, scratch, plan) };
}

function settingsOf(folder: string, plan: ClusterPlan, index: number): Record<string, unknown> {
  const address = plan.addresses[index];
  const seeds = plan.addresses.map(seed => `${seed}:${plan.storagePort}`).join(',');
  return {
    cluster_name: 'Caliopen tests',
    partitioner: 'org.apache.cassandra.dht.Murmur3Partitioner',
    endpoint_snitch: 'SimpleSnitch',
    listen_address: address,
    rpc_address: address,
    storage_port: plan.storagePort,
    native_transport_port: plan.nativePort,
    // All are seeds with tokens of their own: they start at once, and nothing is streamed.
    seed_provider: [
      { class_name: 'org.apache.cassandra.locator.SimpleSeedProvider', parameters: [{ seeds }] },
    ],
    num_tokens: 1,
    initial_token: tokenOf(index, plan.addresses.length),
    auto_bootstrap: false,
    data_file_directories: [join(folder, 'data')],
    commitlog_directory: join(folder, 'commitlog'),
    hints_directory: join(folder, 'hints'),
    saved_caches_directory: join(folder, 'caches'),
    ...durability,
    ...sizes,
    ...patience,
    ...(plan.asksForCredentials ? passwords : {}),
    ...(plan.tls ? { client_encryption_options: encryption(folder, plan.tls) } : {}),
    ...plan.settings,
  };
}

/** Murmur3 tokens go from -2^63 to 2^63; each node has an equal share. */
function tokenOf(index: number, count: number): string {
  const share = 2n ** 64n / BigInt(count);
  return String(share * BigInt(index) + share / 2n - 2n ** 63n);
}

/**
 * A write is acknowledged after the commit log that holds it is flushed, as an operator must set it for the promise
 * that a 250 makes: `periodic`, the server's default, flushes each 10 s and acknowledges before.
 */
const durability = { commitlog_sync: 'batch', auto_snapshot: false };

/** Little memory; what limits a message's size (segments of the commit log, frames) is as the server has it. */
const sizes = {
  memtable_heap_space: '64MiB',
  memtable_offheap_space: '32MiB',
  file_cache_size: '32MiB',
  networking_cache_size: '16MiB',
  key_cache_size: '4MiB',
  counter_cache_size: '0MiB',
  commitlog_total_space: '256MiB',
  concurrent_reads: 8,
  concurrent_writes: 8,
  concurrent_compactors: 1,
  compaction_throughput: '0MiB/s',
};

/** Longer than by default (2 and 1 s), as other tests stall this machine; still shorter than the driver's 12 s. */
const patience = {
  read_request_timeout: '8s',
  write_request_timeout: '8s',
  cas_contention_timeout: '8s',
};

/** What is changed about users holds at once. */
const passwords = {
  authenticator: 'PasswordAuthenticator',
  roles_validity: '0ms',
  credentials_validity: '0ms',
};

function encryption(folder: string, { key, certificate, clientAuthority }: Tls): Record<string, unknown> {
  const keyFile = join(folder, 'key.pem');
  const authorityFile = join(folder, 'authority.pem');
  writeFileSync(keyFile, `${key.trim()}\n${certificate.trim()}\n`, { mode: 0o600 });
  writeFileSync(authorityFile, `${(clientAuthority ?? certificate).trim()}\n`);
  return {
    enabled: true,
    optional: false,
    require_client_auth: clientAuthority !== undefined,
    ssl_context_factory: { class_name: 'org.apache.cassandra.security.PEMBasedSslContextFactory' },
    keystore: keyFile,
    truststore: authorityFile,
  };
}

const logback = `<configuration>
  <appender name="out" class="ch.qos.logback.core.ConsoleAppender">
    <encoder><pattern>%date{ISO8601} %-5level [%thread] %logger{0} - %msg%n</pattern></encoder>
  </appender>
  <root level="INFO"><appender-ref ref="out" /></root>
</configuration>
`;

/** What the server reaches into of Java 17 and 21, as its own start script says. */
const exported = [
  'java.base/java.lang.ref',
  'java.base/jdk.internal.misc',
  'java.management.rmi/com.sun.jmx.remote.internal.rmi',
  'java.rmi/sun.rmi.registry',
  'java.rmi/sun.rmi.server',
  'java.sql/java.sql',
  'jdk.attach/sun.tools.attach',
  'jdk.unsupported/sun.misc',
];
const opened = [
  'java.base/java.io',
  'java.base/java.lang',
  'java.base/java.lang.module',
  'java.base/java.lang.reflect',
  'java.base/java.nio',
  'java.base/java.util',
  'java.base/jdk.internal.loader',
  'java.base/jdk.internal.math',
  'java.base/jdk.internal.module',
  'java.base/jdk.internal.ref',
  'java.base/jdk.internal.reflect',
  'java.base/sun.nio.ch',
  'jdk.management/com.sun.management.internal',
];

function javaWords(folder: string, scratch: string, plan: ClusterPlan): string[] {
  return [
    ...exported.flatMap(name => ['--add-exports', `${name}=ALL-UNNAMED`]),
    ...opened.flatMap(name => ['--add-opens', `${name}=ALL-UNNAMED`]),
    '-Djdk.attach.allowAttachSelf=true',
    '-Djava.security.manager=allow',
    '-Djava.net.preferIPv4Stack=true',
    '-Dio.netty.tryReflectionSetAccessible=true',
    // Libraries unpacked by a node that is killed go with its folder, and nothing is shared in /tmp.
    `-Djava.io.tmpdir=${scratch}`,
    `-Djna.tmpdir=${scratch}`,
    '-XX:-UsePerfData',
    `-Xmx${plan.heapMegabytes}M`,
    '-Xss256k',
    '-XX:+ExitOnOutOfMemoryError',
    '-XX:+UseSerialGC',
    // The quick compiler alone: half the CPU in a run of a minute, a slower server in a long one.
    ...(plan.isForFigures ? [] : ['-XX:TieredStopAtLevel=1']),
    `-Dcassandra.config=file://${join(folder, 'cassandra.yaml')}`,
    `-Dlogback.configurationFile=${join(folder, 'logback.xml')}`,
    `-Dcassandra.storagedir=${folder}`,
    `-Dcassandra.logdir=${folder}`,
    '-Dcassandra-foreground=yes',
    '-Dcassandra.skip_wait_for_gossip_to_settle=0',
    '-Dcassandra.ring_delay_ms=1000',
    // What the server finds out itself in a second of CPU.
    '-Dcassandra.memtable.row_overhead_size=180',
    '-Dcassandra.superuser_setup_delay_ms=200',
    '-Dcassandra.auth_bcrypt_gensalt_log2_rounds=4',
    // Who may log in is known as long as most nodes are up.
    `-Dcassandra.system_auth.default_rf=${plan.addresses.length}`,
    '-cp',
    join(jarsFolder, '*'),
    'org.apache.cassandra.service.CassandraDaemon',
  ];
}
