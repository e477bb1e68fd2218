import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AuthenticationFindings } from '../../delivery/authenticate/findings.ts';
import { resultsOf } from '../../delivery/authenticate/results-field.ts';
import { resultsFieldOf, resultsToTell } from '../../delivery/instance-fields.ts';
import type { OwnerAssessment } from '../../delivery/pipeline.ts';

function judged(authenticationResults: string): OwnerAssessment {
  const authenticate: AuthenticationFindings = {
    spf: { result: 'fail', domain: null, aligned: false },
    dkim: [],
    dmarc: { result: 'fail', policy: null, domain: null },
    arc: { result: 'none', sealer: null },
    iprev: { result: 'none', name: null },
    hops: [],
    authenticationResults,
  };
  const findings = { authenticate, reputation: null, decrypt: null, score: null, tag: null };
  return { recipient: null, findings, facts: null, index: null, failed: [] };
}

test('a result that is too long goes without its properties, so that it quotes nothing of the next ones', () => {
  const forged = 'dmarc=pass header.from=bank.example';
  const long = `dkim=fail header.d=evil.example header.s="${'; '.repeat(600)}"`;
  const spf = `spf=fail smtp.mailfrom="; ${forged}; b"@evil.example`;
  const owner = judged(`mx.example.org; ${long}; ${spf}; dmarc=fail header.from=evil.example`);
  const told = ['dkim=fail', spf, 'dmarc=fail header.from=evil.example'];
  assert.deepEqual(resultsToTell(owner), told);
  const field = resultsFieldOf(owner, { hostname: 'mx.example.org', lineEnd: '\n' });
  assert.equal(field?.value, ['mx.example.org', ...told].join(';\n\t'));
  assert.deepEqual(resultsOf(field?.value ?? ''), told);
});

test('results are printable ASCII, each on a line of its own', () => {
  const owner = judged('mx.example.org; spf=pass smtp.mailfrom=z\u00e9\r\nX: y@example.net; dmarc=none');
  const field = resultsFieldOf(owner, { hostname: 'mx.example.org', lineEnd: '\r\n' });
  assert.equal(
    field?.value,
    'mx.example.org;\r\n\tspf=pass smtp.mailfrom=z?X: y@example.net;\r\n\tdmarc=none',
  );
});
