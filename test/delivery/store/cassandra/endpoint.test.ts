import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PeerCertificate } from 'node:tls';
import { portOf, tlsOptions } from '../../../../delivery/store/cassandra/endpoint.ts';

const settings = { localDataCenter: 'here', keyspace: 'mail', replication: 3, credentials: null };

test('the other nodes are asked at the port of the contact points', () => {
  assert.equal(portOf({ contactPoints: ['192.0.2.1', 'node.example.org'] }), 9042);
  assert.equal(portOf({ contactPoints: ['192.0.2.1:9142'] }), 9142);
  assert.equal(portOf({ contactPoints: ['node.example.org', '[2001:db8::1]:9142'] }), 9142);
  assert.equal(portOf({ contactPoints: ['2001:db8::1'] }), 9042);
});

test('without TLS there is nothing to prove', () => {
  assert.equal(tlsOptions({ ...settings, contactPoints: ['192.0.2.1'], tls: null }), undefined);
});

test('a certificate must name the address that was asked or the host name of a contact point', () => {
  const contactPoints = ['node-1.example.org:9142', '192.0.2.9', '[2001:db8::1]:9142'];
  const options = tlsOptions({ ...settings, contactPoints, tls: { rejectUnauthorized: true } });
  assert.equal(options?.rejectUnauthorized, true);
  const isTaken = (subjectaltname: string): boolean => {
    const certificate = { subject: {}, subjectaltname } as PeerCertificate;
    return options?.checkServerIdentity?.('192.0.2.1', certificate) === undefined;
  };
  assert.ok(isTaken('IP Address:192.0.2.1'));
  assert.ok(isTaken('DNS:node-1.example.org'));
  assert.ok(isTaken('DNS:*.example.org'), 'one certificate for all nodes');
  assert.ok(!isTaken('DNS:node-2.example.org'));
  assert.ok(!isTaken('IP Address:192.0.2.9'), 'the address of another node');
  assert.ok(!isTaken('DNS:192.0.2.1'));
});
