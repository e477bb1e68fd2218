import assert from 'node:assert/strict';
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { onlineKeys, presignedKeys } from '../../../dns-keys/dnssec/key-policy.ts';
import { generateZoneKey, type ZoneKey } from '../../../dns-keys/dnssec/keys.ts';
import { type ServedKeys, servedKeys } from '../../../dns-keys/dnssec/zone-keys.ts';
import { nameText, parseName } from '../../../dns-keys/name.ts';
import { rrTypes } from '../../../dns-keys/rr/table.ts';
import type { RecordSet } from '../../../dns-keys/zone/record-set.ts';
import { requireService, type ServiceName } from '../../support/services.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { settle } from './roll-turns.ts';
import { apex, RollWorld } from './roll-world.ts';
import { signedZone, zoneFile } from './signed-zone.ts';
import { verifyRecordSet } from './verify.ts';

interface Stage {
  readonly served: ServedKeys;
  readonly sets: RecordSet[];
}

/** The zone in every stage of all rolls there are, with keys that sign. */
function allStages(): Stage[] {
  const keys = new Map<string, ZoneKey>();
  const world = new RollWorld(presignedKeys, ({ role, algorithm }, id) => {
    const key = generateZoneKey(algorithm, role === 'zsk' ? 256 : 257);
    keys.set(id, key);
    return key.dnskey;
  });
  const stages = new Map<string, Stage>();
  const note = () => {
    const served = servedKeys(world.keys);
    const ids = [served.published, served.zoneSigners, served.offered].map(list =>
      Array.isArray(list) ? list.map(({ id }) => id) : list,
    );
    const name = JSON.stringify(ids);
    if (!stages.has(name)) stages.set(name, { served, sets: signedZone(apex, served, keys) });
  };
  world.look();
  note();
  settle(world, note);
  world.request(['ksk', 'zsk']);
  settle(world, note);
  for (const policy of [
    { ...presignedKeys, algorithm: 15 as const },
    { ...onlineKeys, algorithm: 15 as const },
    onlineKeys,
  ]) {
    world.policy = policy;
    settle(world, note);
  }
  world.policy = { ...onlineKeys, isWithdrawn: true };
  world.look();
  note();
  return [...stages.values()];
}

const stages = allStages();

test('in every stage of every roll all sets are signed by a key in DNSKEY', () => {
  assert.ok(stages.length > 12, `${stages.length} stages`);
  for (const { sets } of stages) {
    const dnskeys = sets.find(({ type }) => type === rrTypes.DNSKEY)?.rdatas ?? [];
    for (const set of sets) {
      const verdicts = set.signatures.map(rrsig =>
        verifyRecordSet(set, rrsig, { apex: parseName(apex), dnskeys, now: Date.now() / 1000 }),
      );
      assert.ok(verdicts.includes('valid'), `${nameText(set.owner)} ${set.type}`);
      // A new algorithm signs before its keys are in DNSKEY, an old one after they were.
      assert.ok(verdicts.every(verdict => verdict === 'valid' || verdict === 'noKey'));
    }
  }
});

interface Program {
  readonly service: ServiceName;
  words(file: string): string[];
  canJudge(stage: Stage): boolean;
}

/** Which program looks, and how; each has to say that it found nothing wrong. */
const programs: readonly Program[] = [
  { service: 'bind9Utils', words: file => ['-o', apex, '-z', file], canJudge: () => true },
  { service: 'ldnsutils', words: file => [file], canJudge: () => true },
  {
    service: 'kzonecheck',
    words: file => ['-d', 'on', '-o', apex, file],
    // Knot 3.2 takes a key with SEP for one that signs DNSKEY only, unless it is the only key.
    canJudge: ({ served }) =>
      served.published.length === 1 || served.zoneSigners.every(({ role }) => role === 'zsk'),
  },
];

for (const { service, words, canJudge } of programs) {
  test(`${service} accepts the zone in every stage of every roll`, t => {
    const command = requireService(t, service);
    if (command === null) return;
    const judged = stages.filter(canJudge);
    assert.ok(judged.length > 10, `${judged.length} stages`);
    for (const [stage, { sets, served }] of judged.entries()) {
      const file = writeZone(t, sets);
      const run: SpawnSyncReturns<string> = spawnSync(command, words(file), { encoding: 'utf8' });
      const ids = [served.published, served.zoneSigners].map(list => list.map(({ id }) => id));
      assert.equal(run.status, 0, `stage ${stage}: ${run.stdout}${run.stderr}${JSON.stringify(ids)}`);
    }
  });

  test(`${service} refuses it with one signature spoilt`, t => {
    const command = requireService(t, service);
    if (command === null) return;
    const [first] = stages;
    assert.ok(first);
    const sets = first.sets.map(set => {
      if (set.type !== rrTypes.OPENPGPKEY) return set;
      const signatures = set.signatures.map(rrsig =>
        Uint8Array.from(rrsig.with(-1, (rrsig.at(-1) ?? 0) ^ 1)),
      );
      return { ...set, signatures };
    });
    const { status } = spawnSync(command, words(writeZone(t, sets)), { encoding: 'utf8' });
    assert.notEqual(status, 0);
  });
}

function writeZone(t: TestContext, sets: readonly RecordSet[]): string {
  const file = join(temporaryFolder(t), 'zone');
  writeFileSync(file, zoneFile(sets));
  return file;
}
