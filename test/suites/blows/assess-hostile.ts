import { readFileSync } from 'node:fs';
import process, { argv } from 'node:process';
import { loadConfig } from '../../../delivery/config.ts';
import type { Arrival } from '../../../delivery/delivery.ts';
import { openJudgeParts } from '../../../delivery/open.ts';
import { assess } from '../../../delivery/pipeline.ts';
import { forgetPeak, memoryOf, peakMemoryOf } from '../../support/memory.ts';
import { resolverOf } from '../../support/resolver.ts';

/** What judging one message cost the process that did nothing else, and what came of it. */
export interface Judged {
  /** Processor time, user and system. */
  readonly seconds: number;
  /** How far its memory grew over what it was at rest. */
  readonly octets: number;
  /** Stages that failed. */
  readonly failed: readonly string[];
  readonly score: number | null;
  readonly isPartial: boolean;
}

const resolver = resolverOf({
  'TXT example.net': [['v=spf1 ip4:192.0.2.0/24 -all']],
  'TXT _dmarc.example.net': [['v=DMARC1; p=reject']],
  'PTR 1.2.0.192.in-addr.arpa': ['mail.example.net'],
  'A mail.example.net': ['192.0.2.1'],
});

function arrivalOf(raw: Uint8Array): Arrival {
  return {
    ...{ door: 'inspect', id: 'hostile', raw, reversePath: 'demo@example.net' },
    session: {
      ...{
        source: 'live',
        remoteAddress: '192.0.2.1',
        remoteName: 'mail.example.net',
        helo: 'mail.example.net',
      },
      ...{ tls: null, authenticatedUser: null },
    },
    receivedAt: new Date('2026-03-02T12:00:00Z'),
    recipients: [],
    trustedHops: 0,
  };
}

/**
 * A child process of a test (`assess-hostile.ts DATA`, with `--expose-gc`): judges each message whose file it is told,
 * through every stage, with a resolver that answers at once, and says what that cost.
 */
async function serve(data: string): Promise<void> {
  const config = loadConfig({ environment: {}, overrides: { data } });
  const parts = await openJudgeParts({ config, instanceKey: new Uint8Array(32), ports: null });
  const judge = (raw: Uint8Array) => assess(arrivalOf(raw), {}, { ...parts, resolver });
  // What a process does once, at its first message, is no message's cost.
  await judge(Buffer.from('From: a@example.net\r\nSubject: first\r\n\r\ntext http://a.example/\r\n'));
  globalThis.gc?.();
  const atRest = memoryOf(process.pid);
  process.on('message', async (path: string) => {
    const raw = readFileSync(path);
    globalThis.gc?.();
    forgetPeak(process.pid);
    const start = process.cpuUsage();
    const { owners } = await judge(raw);
    const { user, system } = process.cpuUsage(start);
    const [owner] = owners;
    const judged: Judged = {
      seconds: (user + system) / 1e6,
      octets: peakMemoryOf(process.pid) - atRest,
      failed: owner?.failed ?? ['all'],
      score: owner?.findings.score?.score ?? null,
      isPartial: owner?.findings.score?.isPartial ?? false,
    };
    process.send?.(judged);
  });
  process.send?.('ready');
}

const [data] = argv.slice(2);
if (data !== undefined && process.send) void serve(data);
